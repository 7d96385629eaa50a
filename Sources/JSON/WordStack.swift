// SPDX-License-Identifier: Apache-2.0

/// A growing stack of words with one owner.
///
/// An inline array would do, but the compiler copies it whole at every access (6.3.1, measured).
@safe struct WordStack: ~Copyable {
    private var words: UnsafeMutablePointer<UInt64>
    private var capacity = 64
    private(set) var count = 0

    init() { unsafe words = .allocate(capacity: 64) }

    deinit { unsafe words.deallocate() }

    @inline(__always)
    subscript(index: Int) -> UInt64 {
        precondition(index >= 0 && index < count)
        // In bounds and written: the line above.
        return unsafe words[index]
    }

    @inline(__always)
    mutating func push(_ word: UInt64) {
        if count == capacity { grow() }
        // In bounds: the line above.
        unsafe (words + count).initialize(to: word)
        count &+= 1
    }

    /// Forgets all words from `count` on.
    @inline(__always)
    mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
        // The first `count` words are written, and the new block is twice as large.
        unsafe larger.initialize(from: words, count: count)
        unsafe words.deallocate()
        unsafe words = larger
        capacity *= 2
    }
}
