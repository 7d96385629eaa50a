// SPDX-License-Identifier: Apache-2.0
public import Core

/// How a provider that nobody foresaw differs from a known format; written in the configuration.
///
/// A part that is left out is as in the known format.
public struct FieldMapping: Sendable, Equatable {
    /// What becomes of the members of a request in the known format.
    public var request = RequestChanges()
    public var answer: AnswerPlaces?
    public var stream: StreamPlaces?
    public var error: ErrorPlaces?
    /// The provider's words for the end of an answer; others are told as they are.
    public var finishWords: [String: FinishReason] = [:]
    /// Statuses to be taken for others.
    public var statuses: [Int: Int] = [:]

    public init() {}

    /// Changes to a request's own members, in this order.
    public struct RequestChanges: Sendable, Equatable {
        public var drop: [String] = []
        /// A member's name, and the path where its value goes.
        public var rename: [Rename] = []
        public var set: [Addition] = []

        public init() {}

        public var isEmpty: Bool { drop.isEmpty && rename.isEmpty && set.isEmpty }
    }

    /// One member that goes elsewhere.
    public struct Rename: Sendable, Equatable {
        public var name: String
        public var path: FieldPath

        public init(name: String, path: FieldPath) {
            self.name = name
            self.path = path
        }
    }

    /// One value that is always sent.
    public struct Addition: Sendable, Equatable {
        public var path: FieldPath
        /// JSON text.
        public var value: Bytes

        public init(path: FieldPath, value: Bytes) {
            self.path = path
            self.value = value
        }
    }

    /// Where an answer, or one event of a stream, holds what.
    public struct AnswerPlaces: Sendable, Equatable {
        public var text: FieldPath?
        public var reasoning: FieldPath?
        public var finish: FieldPath?
        public var inputTokens: FieldPath?
        public var outputTokens: FieldPath?
        public var id: FieldPath?

        public init() {}
    }

    /// How a stream is cut, and what its events hold.
    public struct StreamPlaces: Sendable, Equatable {
        public var framing = StreamFraming.events
        public var places = AnswerPlaces()
        /// The payload that ends the stream; nil if a finish does.
        public var done: Bytes?

        public init() {}
    }

    /// Where an error's body says what is wrong.
    public struct ErrorPlaces: Sendable, Equatable {
        public var message: FieldPath?
        public var code: FieldPath?

        public init() {}
    }
}
