// SPDX-License-Identifier: Apache-2.0

/// A growing byte buffer with one owner, which freezes into `Bytes` without a copy.
public struct ByteWriter: ~Copyable {
    @usableFromInline var storage: ByteStorage?
    @usableFromInline var start = 0
    @usableFromInline var end = 0

    @inlinable public init() {}

    @inlinable public init(capacity: Int) {
        storage = capacity > 0 ? ByteStorage.make(capacity: capacity) : nil
    }

    /// Bytes written and not yet taken.
    @inlinable public var count: Int { end - start }
    @inlinable public var isEmpty: Bool { end == start }
    /// Memory held, for accounting.
    @inlinable public var capacity: Int { storage?.byteCapacity ?? 0 }

    /// The bytes written and not yet taken, borrowed.
    @inlinable public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let buffer: UnsafeBufferPointer<UInt8>
            if let storage {
                let first = unsafe (storage.base + start).assumingMemoryBound(to: UInt8.self)
                unsafe buffer = UnsafeBufferPointer(start: first, count: end - start)
            } else {
                unsafe buffer = UnsafeBufferPointer(start: nil, count: 0)
            }
            return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
        }
    }

    /// Lends the bytes written and not yet taken, for system calls and C libraries.
    @inlinable public func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        guard let storage else {
            return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try unsafe body(
            UnsafeRawBufferPointer(start: storage.base + start, count: end - start))
    }

    /// Appends one byte.
    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        // '!': reserved above.
        unsafe storage!.base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end += 1
    }

    /// Appends a copy of the bytes.
    @inlinable public mutating func append(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else { return }
        reserve(bytes.count)
        unsafe bytes.withUnsafeBufferPointer { source in
            // '!' twice: reserved above, and not empty.
            unsafe (storage!.base + end).copyMemory(
                from: source.baseAddress!, byteCount: source.count)
        }
        end += bytes.count
    }

    @_disfavoredOverload  // For literals; see above.
    @inlinable public mutating func append(_ bytes: Bytes) { append(bytes.span) }

    /// Appends a literal; inlined, so that where there is room it takes a few stores.
    @inlinable @inline(__always) public mutating func append(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        guard text.hasPointerRepresentation, let storage, storage.byteCapacity &- end >= count
        else { return appendGrowing(text) }
        unsafe (storage.base + end).copyMemory(from: text.utf8Start, byteCount: count)
        end &+= count
    }

    @usableFromInline @inline(never) mutating func appendGrowing(_ text: StaticString) {
        text.withUTF8Buffer { buffer in append(unsafe buffer.span) }
    }

    /// Disfavoured, so that a literal is taken as `StaticString`, which costs no `String`.
    @_disfavoredOverload
    public mutating func append(_ text: some StringProtocol) {
        var copy = String(text)
        copy.withUTF8 { buffer in append(unsafe buffer.span) }
    }

    /// Appends an integer in lower-case hexadecimal, without leading zeros or padded to `width`.
    public mutating func append(hex value: UInt64, width: Int = 1) {
        let significant = max((64 - value.leadingZeroBitCount + 3) / 4, width)
        if significant == 16 { return append(allDigitsOf: value) }
        reserve(significant)
        var shift = UInt64(significant * 4)
        for place in end..<end + significant {
            shift -= 4
            let digit = ASCII.hexDigit(UInt8(truncatingIfNeeded: value >> shift) & 15)
            // '!': reserved above.
            unsafe storage!.base.storeBytes(of: digit, toByteOffset: place, as: UInt8.self)
        }
        end += significant
    }

    /// Appends sixteen hexadecimal digits, eight at a time.
    private mutating func append(allDigitsOf value: UInt64) {
        reserve(16)
        let high = ASCII.hexDigits(UInt32(truncatingIfNeeded: value >> 32)).bigEndian
        let low = ASCII.hexDigits(UInt32(truncatingIfNeeded: value)).bigEndian
        // '!': reserved above.
        unsafe storage!.base.storeBytes(of: high, toByteOffset: end, as: UInt64.self)
        // '!': reserved above.
        unsafe storage!.base.storeBytes(of: low, toByteOffset: end + 8, as: UInt64.self)
        end += 16
    }

    /// Makes room for `amount` more bytes, moving to a larger block if needed.
    @inlinable public mutating func reserve(_ amount: Int) {
        if let storage, storage.byteCapacity - end >= amount { return }
        grow(amount)
    }

    /// Lends free memory of at least `minimum` bytes to `body`, which returns how many it filled.
    @inlinable public mutating func appendUnsafe<E: Error>(
        atLeast minimum: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        reserve(minimum)
        // '!': reserved above.
        let room = unsafe UnsafeMutableRawBufferPointer(
            start: storage!.base + end, count: storage!.byteCapacity - end)
        let filled = try unsafe body(room)
        precondition(filled >= 0 && filled <= room.count)
        end += filled
    }

    /// Takes everything written as an immutable slice; writing may go on behind it.
    @inlinable public mutating func take() -> Bytes {
        guard let storage, end > start else { return Bytes() }
        let taken = Bytes(storage: storage, offset: start, count: end - start)
        start = end
        return taken
    }

    /// Takes everything and gives up the block.
    @inlinable public mutating func finish() -> Bytes {
        let taken = take()
        storage = nil
        start = 0
        end = 0
        return taken
    }

    /// Forgets the first `amount` bytes not yet taken.
    @inlinable public mutating func discardFirst(_ amount: Int) {
        precondition(amount >= 0 && amount <= count)
        start += amount
    }

    /// Forgets everything; keeps the block only if no slice of it can be alive.
    @inlinable public mutating func removeAll(keepingCapacity: Bool = false) {
        if !keepingCapacity || !isKnownUniquelyReferenced(&storage) { storage = nil }
        start = 0
        end = 0
    }

    @usableFromInline @inline(never) mutating func grow(_ amount: Int) {
        let used = end - start
        let wanted = used + amount
        if let storage, wanted <= storage.byteCapacity / 2, isKnownUniquelyReferenced(&self.storage)
        {
            unsafe storage.base.copyMemory(from: storage.base + start, byteCount: used)
        } else {
            let larger = ByteStorage.make(capacity: max(64, wanted + wanted / 2))
            if let storage {
                unsafe larger.base.copyMemory(from: storage.base + start, byteCount: used)
            }
            storage = larger
        }
        start = 0
        end = used
    }
}

extension ByteWriter {
    /// Writes into a block that nothing else refers to.
    public init(reusing storage: ByteStorage) {
        self.init()
        self.storage = storage
    }

    /// Gives back the block for reuse, or nil when a slice of it is still alive.
    public consuming func reclaim() -> ByteStorage? {
        var block = storage
        storage = nil
        return isKnownUniquelyReferenced(&block) ? block : nil
    }
}
