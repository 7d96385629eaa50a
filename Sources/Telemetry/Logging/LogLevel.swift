// SPDX-License-Identifier: Apache-2.0

/// How much a message matters.
public enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
    /// For those who change the code.
    case debug
    /// What an operator likes to see once.
    case info
    /// Something is wrong, and handled.
    case warning
    /// Something is wrong, and somebody must act.
    case error

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    public var label: StaticString {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The level of a name, as configured.
    public init?(_ name: some StringProtocol) {
        guard let level = Self.allCases.first(where: { $0.label.description == name }) else {
            return nil
        }
        self = level
    }
}
