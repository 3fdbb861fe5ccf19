import Foundation
import PackagePlugin

/// Writes the commit that is checked out into a source file of the target, before each build. The file changes only when
/// the commit does.
@main
struct BuildCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "sources")
    // A folder that is no clone of its own, such as an unpacked archive, has no commit, whatever clone it lies in.
    let script = """
      commit=unknown
      if [ "$(git -C "$1" rev-parse --show-toplevel 2>/dev/null)" = "$1" ]; then
        commit=$(git -C "$1" describe --always --abbrev=12 --dirty --exclude '*' 2>/dev/null) || commit=unknown
      fi
      line="let checkedOutCommit = \\"$commit\\""
      mkdir -p "$2"
      if [ "$(cat "$2/CheckedOutCommit.swift" 2>/dev/null)" != "$line" ]; then
        echo "$line" > "$2/CheckedOutCommit.swift"
      fi
      """
    return [
      .prebuildCommand(
        displayName: "Look up the commit", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", script, "sh", context.package.directoryURL.path, output.path],
        outputFilesDirectory: output)
    ]
  }
}
