// SPDX-License-Identifier: Apache-2.0
public import Core

/// What a translation had to leave out, for the answer's warning field.
public struct TranslationNotes: Sendable, Equatable {
    /// JSON paths of the fields left out, such as `logit_bias`; at most `limit`.
    ///
    /// What an answer had stands under `answer`, such as `answer.citations`.
    public private(set) var dropped: [Bytes] = []
    /// Paths kept; more only lengthen the head of the answer.
    public static let limit = 16

    public init() {}

    public mutating func drop(_ path: Bytes) {
        guard dropped.count < Self.limit, !dropped.contains(path) else { return }
        dropped.append(path)
    }

    public mutating func drop(_ path: StaticString) { drop(Bytes(stringLiteral: path)) }

    /// Takes those of another part of the same translation.
    public mutating func add(_ other: TranslationNotes) {
        for path in other.dropped { drop(path) }
    }
}
