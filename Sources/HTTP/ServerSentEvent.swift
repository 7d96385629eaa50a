// SPDX-License-Identifier: Apache-2.0

/// Where one dispatched event lies; read it through its parser before the next call.
public struct ServerSentEvent: Sendable, Equatable {
    /// The memory that the ranges are of.
    enum Place: UInt8, Sendable { case input, buffer }

    let place: Place
    let name: Range<Int>
    let data: Range<Int>
    /// Whether the data has several lines, which are joined in memory of the parser.
    let isJoined: Bool

    /// Where the data lies in the input given; nil when the parser had to collect it.
    public var dataInInput: Range<Int>? { place == .input && !isJoined ? data : nil }
}

/// What the bytes of an event stream mean.
public enum EventStreamEvent: Sendable, Equatable {
    /// All input is consumed; come back with more.
    case needMore
    case event(ServerSentEvent)
    /// The stream is of no more use; every later call says the same.
    case failure(EventStreamFault)
}

/// Why an event stream was given up.
public enum EventStreamFault: Error, Sendable, Hashable, CaseIterable {
    case eventTooLarge

    public var label: StaticString { "event_too_large" }

    public var message: StaticString { "An event of the stream is larger than the limit." }
}
