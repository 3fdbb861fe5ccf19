/// Writes the events of a run to a file, in one form.
///
/// A member is one file that holds all that is true of it, and one line in `trainingRecorders`. A class because it owns its file.
package protocol Recorder: AnyObject, SendableMetatype {
  /// What `output.recorders` calls it.
  static var name: String { get }
  /// What it writes, in a phrase for the configuration's documentation.
  static var summary: String { get }
  /// The name of its file in the folder `output.logs`.
  static var fileName: String { get }

  /// Opens the file, in a folder that exists.
  /// - Parameter appends: go on behind an earlier run's content rather than replace it.
  /// - Throws: `FileError`.
  init(folder: String, appends: Bool) throws

  /// Writes what the event has to say, at once.
  /// - Parameter time: when it happened, as text.
  /// - Throws: `FileError`, which ends the run.
  func record(_ event: TrainingEvent, at time: String) throws
}
