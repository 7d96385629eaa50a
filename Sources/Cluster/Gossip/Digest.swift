// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Sixteen order-independent hashes, one per bucket of uids; equal digests mean equal views.
public struct Digest: Sendable, Hashable {
    private var buckets: InlineArray<16, UInt64> = .init(repeating: 0)

    public static let bucketCount = 16

    init() {}

    public static func == (left: Digest, right: Digest) -> Bool { left.difference(right) == 0 }

    public func hash(into hasher: inout Hasher) {
        for index in buckets.indices { hasher.combine(buckets[index]) }
    }

    static func bucket(of key: UInt64) -> Int { Int(truncatingIfNeeded: key & 15) }

    /// Adds a fingerprint to, or takes it from, the bucket of `key`.
    mutating func toggle(_ fingerprint: UInt64, of key: UInt64) {
        buckets[Self.bucket(of: key)] ^= fingerprint
    }

    /// One bit per bucket in which the two differ.
    func difference(_ other: Digest) -> UInt16 {
        var bits: UInt16 = 0
        for index in buckets.indices where buckets[index] != other.buckets[index] {
            bits |= 1 << UInt16(index)
        }
        return bits
    }

    /// A hash of two words (the finaliser of SplitMix64 over their combination).
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var mixed = (left ^ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        mixed ^= right &+ (mixed >> 29)
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    func write(to writer: inout ByteWriter) {
        for index in buckets.indices { writer.append(bigEndian: buckets[index]) }
    }

    init(from reader: inout ByteReader) {
        for index in buckets.indices { buckets[index] = reader.uint64() }
    }
}
