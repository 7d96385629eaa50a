// SPDX-License-Identifier: Apache-2.0
public import Core

/// The 32 bytes of a SHA-256 digest, inline; equality takes the same time wherever they differ.
public struct SHA256Digest: Sendable {
    var bytes: InlineArray<32, UInt8> = .init(repeating: 0)

    /// All zero: room to be filled by a hasher.
    init() {}

    /// Exactly 32 raw bytes.
    public init?(_ raw: Span<UInt8>) {
        guard raw.count == 32 else { return nil }
        for index in raw.indices { bytes[index] = raw[index] }
    }

    /// Exactly 64 hexadecimal digits, either case.
    public init?(hex: Span<UInt8>) {
        guard hex.count == 64, let raw = Hex.decode(hex) else { return nil }
        self.init(raw.span)
    }

    /// Exactly 64 hexadecimal digits, either case.
    public init?(hex: some StringProtocol) {
        self.init(hex: Bytes(hex).span)
    }

    /// The 32 raw bytes, borrowed.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span }
    }

    /// The first eight bytes as a number, for table keys and sampling; the same on every machine.
    public var leadingWord: UInt64 { word(0).bigEndian }

    /// Appends the 64 lower-case hexadecimal digits.
    public func appendHex(to writer: inout ByteWriter) {
        Hex.encode(bytes.span, into: &writer)
    }

    private func word(_ index: Int) -> UInt64 {
        // Bounds: four words are 32 bytes, and any bit pattern is a number.
        unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
    }
}

extension SHA256Digest: Hashable {
    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        var difference: UInt64 = 0
        for index in 0..<4 { difference |= left.word(index) ^ right.word(index) }
        return difference == 0
    }

    public func hash(into hasher: inout Hasher) {
        // Bits of a digest are uniform already: one word spreads as well as four.
        hasher.combine(word(0))
    }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String {
        var writer = ByteWriter(capacity: 64)
        appendHex(to: &writer)
        return writer.finish().string
    }
}
