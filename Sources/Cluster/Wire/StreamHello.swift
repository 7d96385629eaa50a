// SPDX-License-Identifier: Apache-2.0
public import Core

/// First words of the side that accepts a stream: versions, primary key, region, a challenge.
///
/// The region tells an opener of the same pool that it has come to another one. Nobody vouches for
/// it, so it decides only whom to ask again.
/// The challenge is random per stream and bound into both frames, so none can be replayed. An
/// opener without the primary key gives up: half a member that hears nothing would harm.
public struct StreamHello: Sendable, Equatable {
    public var protocols: ClosedRange<UInt8>
    public var primary: KeyID
    public var region: RegionTag
    public var challenge: UInt64

    public static let length = 23
    private static let magic: UInt32 = 0x4150_5553  // "APUS"

    public init(primary: KeyID, region: RegionTag = RegionTag(""), challenge: UInt64) {
        protocols = WireVersion.oldest...WireVersion.current
        self.primary = primary
        self.region = region
        self.challenge = challenge
    }

    public var encoded: Bytes {
        var writer = ByteWriter(capacity: Self.length)
        writer.append(bigEndian: Self.magic)
        writer.append(protocols.lowerBound)
        writer.append(protocols.upperBound)
        writer.append(primary.rawValue)
        writer.append(bigEndian: region.rawValue)
        writer.append(bigEndian: challenge)
        return writer.finish()
    }

    /// Nil for anything but a hello of this length.
    public init?(_ bytes: Span<UInt8>) {
        var reader = ByteReader(bytes)
        let magic = reader.uint32()
        let oldest = reader.byte()
        let newest = reader.byte()
        primary = KeyID(rawValue: reader.byte())
        region = RegionTag(rawValue: reader.uint64())
        challenge = reader.uint64()
        guard !reader.failed, reader.remaining == 0, magic == Self.magic, oldest <= newest else {
            return nil
        }
        protocols = oldest...newest
    }

    /// The newest version both sides speak.
    public var commonVersion: UInt8? {
        let newest = min(protocols.upperBound, WireVersion.current)
        return newest >= max(protocols.lowerBound, WireVersion.oldest) ? newest : nil
    }
}
