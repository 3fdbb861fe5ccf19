import Foundation
import PackagePlugin

/// Writes the commit that is checked out into a source file of the target, before each build. The file changes only when
/// the commit does.
@main
struct BuildCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "sources")
    // A folder that is no clone of its own, such as an unpacked archive, has no commit, whatever clone it lies in. Whoever
    // builds may not be the owner, as in `sudo make install`, and may be committing at the moment: nothing is locked.
    let script = """
      git() { command git --no-optional-locks -c safe.directory="$folder" -C "$folder" "$@" 2>/dev/null; }
      folder=$1
      commit=unknown
      if [ "$(git rev-parse --show-toplevel)" = "$folder" ]; then
        commit=$(git rev-parse --short=12 HEAD) || commit=unknown
        if [ -n "$(git status --porcelain --untracked-files=no)" ]; then commit=$commit-dirty; fi
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
