// SPDX-License-Identifier: Apache-2.0

/// An immutable slice of shared heap bytes: one reference and a 32-bit range.
public struct Bytes: @unchecked Sendable {  // Sendable: what it shows of a block is never written.
    @usableFromInline let storage: ByteStorage?
    @usableFromInline let offset: UInt32
    @usableFromInline let length: UInt32

    @inlinable public init() {
        storage = nil
        offset = 0
        length = 0
    }

    @usableFromInline init(storage: ByteStorage, offset: Int, count: Int) {
        precondition(offset >= 0 && count >= 0 && offset + count <= storage.byteCapacity)
        self.storage = storage
        self.offset = UInt32(offset)
        self.length = UInt32(count)
    }

    /// Copies the bytes of a span into memory of its own.
    @inlinable public init(copying span: Span<UInt8>) {
        guard span.count > 0 else {
            self.init()
            return
        }
        let storage = ByteStorage.make(capacity: span.count)
        unsafe span.withUnsafeBufferPointer { source in
            // '!': the span is not empty.
            unsafe storage.base.copyMemory(from: source.baseAddress!, byteCount: source.count)
        }
        self.init(storage: storage, offset: 0, count: span.count)
    }

    public init(_ text: some StringProtocol) {
        var writer = ByteWriter(capacity: text.utf8.count)
        writer.append(text)
        self = writer.finish()
    }

    public init(_ bytes: [UInt8]) {
        self.init(copying: bytes.span)
    }

    @inlinable public var count: Int { Int(length) }
    @inlinable public var isEmpty: Bool { length == 0 }

    /// The bytes, borrowed; valid as long as the slice.
    @inlinable public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let buffer: UnsafeBufferPointer<UInt8>
            if let storage {
                let start = unsafe (storage.base + Int(offset)).assumingMemoryBound(to: UInt8.self)
                unsafe buffer = UnsafeBufferPointer(start: start, count: Int(length))
            } else {
                unsafe buffer = UnsafeBufferPointer(start: nil, count: 0)
            }
            return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
        }
    }

    /// Lends the raw memory, for system calls and C libraries.
    @inlinable public func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        guard let storage else {
            return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let buffer = unsafe UnsafeRawBufferPointer(
            start: storage.base + Int(offset), count: Int(length))
        let result = try unsafe body(buffer)
        extendLifetime(storage)
        return result
    }

    @inlinable public subscript(index: Int) -> UInt8 { span[index] }

    /// A narrower slice of the same memory; the range is relative to this slice.
    @inlinable public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        guard let storage, !range.isEmpty else { return Bytes() }
        return Bytes(storage: storage, offset: Int(offset) + range.lowerBound, count: range.count)
    }

    @inlinable public func dropFirst(_ amount: Int) -> Bytes { self[min(amount, count)..<count] }
    @inlinable public func prefix(_ amount: Int) -> Bytes { self[0..<min(amount, count)] }

    /// The bytes as text; invalid UTF-8 is repaired with U+FFFD.
    public var string: String { String(decoding: self) }
}

extension Bytes: Equatable {
    public static func == (left: Bytes, right: Bytes) -> Bool { left.span.equals(right.span) }
}

extension Bytes: CustomStringConvertible {
    public var description: String { string }
}

extension Bytes: ExpressibleByStringLiteral {
    public init(stringLiteral value: StaticString) {
        var writer = ByteWriter(capacity: value.utf8CodeUnitCount)
        writer.append(value)
        self = writer.finish()
    }
}

extension String {
    /// Decodes UTF-8, repairing what is invalid with U+FFFD.
    public init(decoding bytes: Bytes) {
        self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Decodes UTF-8, repairing what is invalid with U+FFFD.
    public init(decoding span: Span<UInt8>) {
        self = unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
