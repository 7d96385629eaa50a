// SPDX-License-Identifier: Apache-2.0

/// Where a value begins in a file: both numbers count from 1, columns in characters.
public struct SourcePosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One finding in a configuration: what it is, and what to write instead.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    /// What a finding does to the configuration it is about.
    public enum Severity: Sendable {
        /// Keeps the configuration from being used.
        case error
        /// Is shown, and changes nothing.
        case warning
    }

    public var severity: Severity
    /// The file's path as given, or the name of the environment variable.
    public var file: String
    /// Nil where the fault is not in the text: the file cannot be read, for example.
    public var position: SourcePosition?
    public var message: String

    /// An error unless said otherwise.
    public init(
        _ severity: Severity = .error, file: String, position: SourcePosition?, message: String
    ) {
        self.severity = severity
        self.file = file
        self.position = position
        self.message = message
    }

    /// One line: `FILE:LINE:COLUMN: MESSAGE`, with `warning: ` before the message of a warning.
    public var description: String {
        let place = position.map { "\(file):\($0.line):\($0.column)" } ?? file
        return severity == .warning ? "\(place): warning: \(message)" : "\(place): \(message)"
    }
}

/// A configuration that cannot be used: every fault and warning found, in the order of the text.
public struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    public var diagnostics: [Diagnostic]
    /// The files that were read or looked for; a change of any is worth another try.
    public var files: [String]

    public init(_ diagnostics: [Diagnostic], files: [String] = []) {
        self.diagnostics = diagnostics
        self.files = files
    }

    public var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
