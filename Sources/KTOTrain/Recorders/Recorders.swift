/// Every recorder, in the order of the documentation.
package let trainingRecorders: [any Recorder.Type] = [
  TextRecorder.self,
  StepRecorder.self,
]
