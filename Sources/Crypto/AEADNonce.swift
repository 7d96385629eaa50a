// SPDX-License-Identifier: Apache-2.0

/// The 96-bit number that must never repeat under one key: a sender's prefix and its counter.
public struct AEADNonce: Sendable {
    let bytes: InlineArray<12, UInt8>

    /// A prefix that no other sender with this key uses, and a number this sender counts up.
    public init(prefix: UInt32, counter: UInt64) {
        bytes = InlineArray { index in
            index < 4
                ? UInt8(truncatingIfNeeded: prefix >> UInt32(24 - 8 * index))
                : UInt8(truncatingIfNeeded: counter >> UInt64(88 - 8 * index))
        }
    }

    /// Exactly 12 bytes.
    public init?(_ raw: Span<UInt8>) {
        guard raw.count == 12 else { return nil }
        var copy: InlineArray<12, UInt8> = .init(repeating: 0)
        for index in raw.indices { copy[index] = raw[index] }
        bytes = copy
    }

    /// An unpredictable nonce; safe for some 2^32 messages under one key.
    public static func fresh() -> AEADNonce {
        var bytes: InlineArray<12, UInt8> = .init(repeating: 0)
        var span = bytes.mutableSpan
        RandomBytes.fill(&span)
        return AEADNonce(bytes)
    }

    private init(_ bytes: InlineArray<12, UInt8>) { self.bytes = bytes }

    /// The 12 bytes as they travel, borrowed.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span }
    }
}
