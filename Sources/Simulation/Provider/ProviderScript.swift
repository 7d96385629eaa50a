// SPDX-License-Identifier: Apache-2.0
public import Core

/// How a simulated provider behaves; replaced piece by piece through `PUT /_control`.
///
/// Pace: a stream's first event comes `firstToken` after the request and each later one `perToken`
/// behind the one before; a whole answer comes after as long as its stream would have taken.
public struct ProviderScript: Sendable {
    public var firstToken: Duration = .zero
    public var perToken: Duration = .zero
    /// Word pieces of an answer, unless the request allows fewer.
    public var tokens = 32
    /// Cuts bodies into chunks of this many bytes, at any position; nil leaves events whole.
    public var chunkBytes: Int?
    /// Makes the size of each chunk random between 1 and `chunkBytes`.
    public var chunkSeed: UInt64?
    /// The share of requests that the fault strikes; nil strikes all while a fault is set.
    public var failRate: Double?
    /// Replays the draws of `failRate`.
    public var seed: UInt64 = 1
    /// Answers with this status, 300 to 599, and an error body.
    public var status: Int?
    public var retryAfter: Duration?
    /// The body for `status`; the dialect's usual one if left out.
    public var errorBody: Bytes?
    public var behaviour = ProviderBehaviour.ok
    /// Events that precede a fault in the middle of a stream.
    public var after = 3
    /// Strikes this many requests more, then all is well.
    public var times: Int?
    /// Puts the monotonic time in nanoseconds into each event's content, in place of words.
    public var timestamps = false
    /// A recorded answer, given instead of an invented one.
    public var replay: ReplayedAnswer?
    /// Extra response fields, in order.
    public var headers: [ScriptedField] = []
    /// The models known; nil knows every name and lists a few.
    public var models: [Bytes]?
    /// The key that requests must carry as a bearer token; nil accepts any.
    public var apiKey: Secret?
    /// The text answered instead of an echo of the prompt.
    public var text: Bytes?

    public init() {}

    /// Forgets everything that makes requests fail; pace and content stay.
    public mutating func heal() {
        failRate = nil
        status = nil
        retryAfter = nil
        errorBody = nil
        behaviour = .ok
        times = nil
    }

    /// Decides what happens to the next request, and counts it against `times`.
    mutating func strike(_ random: inout SeededGenerator) -> ScriptedFault {
        guard status != nil || behaviour != .ok || failRate != nil else { return .none }
        if let failRate, random.unitInterval() >= failRate { return .none }
        if let left = times {
            guard left > 0 else {
                heal()
                return .none
            }
            times = left - 1
        }
        if let status { return .status(status) }
        return behaviour == .ok ? .status(500) : .behaviour(behaviour)
    }
}

/// One response field of a script, already checked.
public struct ScriptedField: Sendable, Equatable {
    public let name: Bytes
    public let value: Bytes

    public init(name: Bytes, value: Bytes) {
        self.name = name
        self.value = value
    }
}

/// What strikes one request.
enum ScriptedFault: Equatable {
    case none
    case status(Int)
    case behaviour(ProviderBehaviour)
}
