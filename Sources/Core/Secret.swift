// SPDX-License-Identifier: Apache-2.0

/// Bytes that never show in a description, an error or a log.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let bytes: Bytes

    public init(_ bytes: Bytes) { self.bytes = bytes }

    /// The hidden bytes; call it only where they go onto the wire or into a digest.
    public func reveal() -> Bytes { bytes }

    /// Compares in time that depends on the lengths only.
    public static func == (left: Secret, right: Secret) -> Bool {
        left.bytes.span.equalsInConstantTime(right.bytes.span)
    }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Span where Element == UInt8 {
    /// Equality whose time does not tell where the first difference is.
    @inline(never)
    public func equalsInConstantTime(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in indices { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}
