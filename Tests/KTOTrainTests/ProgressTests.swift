import KTOCore
import Testing

@testable import KTOTrain

struct ProgressTests {
  private func step(_ number: Int, of total: Int, secondsLeft: Double = 96) -> TrainingEvent {
    let means = ["loss": 0.4991, "kl": 0.0043, "rewards/margins": 0.0074]
    return .step(
      StepMetrics(
        StepFacts(step: number, epoch: 1, tokenCount: 8649, seconds: 1), mean: { means[$0.name] }),
      of: total, secondsLeft: secondsLeft)
  }

  @Test func `a wide line has everything and a bar`() {
    #expect(
      step(25, of: 50).movingLine(columns: 119)
        == "step 25/50  [##########          ]  loss 0.4991  margin +0.0074  KL 0.0043  8649 tokens/s  ETA 1m36s"
    )
  }

  @Test func `a narrow line keeps the step, the time left and the loss`() {
    #expect(step(25, of: 50).movingLine(columns: 39) == "step 25/50  loss 0.4991  ETA 1m36s")
  }

  @Test func `no line is longer than the terminal is wide`() {
    for event in [
      step(99_999, of: 100_000, secondsLeft: 400_000), step(1, of: 1),
      .validating(step: 100, rows: 12_345, of: 20_000, secondsLeft: 400_000),
    ] {
      for columns in 0..<200 {
        #expect((event.movingLine(columns: columns) ?? "").count <= columns)
      }
    }
  }

  @Test func `the time left counts the validations to come`() {
    var pace = Pace()
    pace.addStep(seconds: 2, rows: 4)
    #expect(pace.secondsLeft(steps: 10, validatedRows: 0) == 20)
    // Before the first validation, a row takes half of what it takes in training.
    #expect(pace.secondsLeft(steps: 10, validatedRows: 8) == 22)
    pace.addValidation(seconds: 3, rows: 3)
    #expect(pace.secondsLeft(steps: 10, validatedRows: 8) == 28)
  }

  @Test func `a validation has TRL's names`() {
    let metrics = ValidationMetrics(
      step: 5, epoch: 0.5, rowCount: 10, loss: 0.5, seconds: 2,
      mean: { ["kl": 0.25, "rewards/chosen": 0.01, "loss": 0.75][$0.name] })
    #expect(
      metrics.json.jsonText
        == #"{"step":5,"epoch":0.5,"eval_loss":0.5,"eval_kl":0.25,"eval_rewards/chosen":0.01,"eval_runtime":2.0,"#
        + #""eval_samples_per_second":5.0}"#)
  }
}
