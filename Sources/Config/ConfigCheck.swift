// SPDX-License-Identifier: Apache-2.0
import Gateway

/// What `apus check` says about a file.
public struct CheckReport: Sendable, Equatable {
    /// Findings in the order of the text, then one line that says whether it is fine.
    public var lines: [String]
    public var isFine: Bool

    /// 0 fine, 1 not.
    public var exitCode: Int32 { isFine ? 0 : 1 }
}

/// The subcommand `check`, without its input and output.
public enum ConfigCheck {
    /// Loads the file as a node would, without starting anything.
    public static func run(_ source: ConfigSource) -> CheckReport {
        do throws(InvalidConfiguration) {
            let loaded = try source.load()
            let snapshot = loaded.snapshot
            let counts = [
                count(snapshot.upstreams.count, "provider"),
                count(snapshot.routes.routes.count, "model"),
                snapshot.keys.isOpen ? "no keys" : count(snapshot.keys.keys.count, "key"),
            ]
            let summary = "\(source.path): fine: \(counts.joined(separator: ", "))"
            return CheckReport(
                lines: loaded.warnings.map(\.description) + [summary], isFine: true)
        } catch {
            return CheckReport(lines: error.diagnostics.map(\.description), isFine: false)
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}
