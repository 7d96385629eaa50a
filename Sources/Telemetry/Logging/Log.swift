// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Reactor
internal import Synchronization

/// Messages for the operator as JSON lines, one system call each, from any thread.
///
/// Not for what happens per request: that is what access records and metrics are for.
public final class Log: Sendable {
    private let destination: LogDescriptor
    private let threshold: Atomic<UInt8>

    public static let standardError = Log(to: .standardError)

    public init(to destination: LogDescriptor, level: LogLevel = .info) {
        self.destination = destination
        threshold = Atomic(level.rawValue)
    }

    /// Messages below this level are not written.
    public var level: LogLevel {
        get { LogLevel(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
        set { threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    public func debug(_ message: StaticString, _ fields: (inout LogLine) -> Void = { _ in }) {
        write(.debug, message, fields)
    }

    public func info(_ message: StaticString, _ fields: (inout LogLine) -> Void = { _ in }) {
        write(.info, message, fields)
    }

    public func warning(_ message: StaticString, _ fields: (inout LogLine) -> Void = { _ in }) {
        write(.warning, message, fields)
    }

    public func error(_ message: StaticString, _ fields: (inout LogLine) -> Void = { _ in }) {
        write(.error, message, fields)
    }

    private func write(
        _ level: LogLevel, _ message: StaticString, _ fields: (inout LogLine) -> Void
    ) {
        guard level.rawValue >= threshold.load(ordering: .relaxed) else { return }
        var line = LogLine(level, message, at: SystemClock.wall())
        fields(&line)
        // A log that cannot be written cannot be reported either.
        _ = destination.write(line.finish().span)
    }
}
