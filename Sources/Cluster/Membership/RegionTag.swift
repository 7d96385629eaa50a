// SPDX-License-Identifier: Apache-2.0
internal import Core

/// A region's name as a number of fixed length, for the clear part of a stream.
public struct RegionTag: Sendable, Hashable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public init(_ name: String) {
        var hash: UInt64 = 0
        for byte in name.utf8 { hash = Digest.mix(hash, UInt64(byte)) }
        rawValue = hash
    }
}
