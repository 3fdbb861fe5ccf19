/// Every recorder, in the order of the documentation.
package let recorders: [any Recorder.Type] = [
  TextRecorder.self,
  StepRecorder.self,
]
