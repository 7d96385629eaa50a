// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Keys that were found lately, so that a caller's next request needs no digest.
///
/// Direct-mapped and bounded; an entry counts only for the configuration that it was found in, and
/// only when every byte agrees, compared in constant time. Nobody's keys are never kept.
struct RecentKeys: ~Copyable {
    /// Places; more would hold more callers at a time, each 32 bytes and its key.
    private static let places = 64
    /// Longer keys are digested each time.
    private static let lengthLimit = 256

    private struct Entry {
        var credential = Bytes()
        var key = 0
    }

    private var entries: [Entry] = []
    private var generation: UInt64 = 0

    /// Forgets everything when the configuration is another one.
    @inline(__always)
    mutating func prepare(for generation: UInt64) {
        if generation != self.generation || entries.isEmpty { reset(generation) }
    }

    @inline(never)
    private mutating func reset(_ generation: UInt64) {
        self.generation = generation
        entries = Array(repeating: Entry(), count: Self.places)
    }

    /// Position in the key table, if the credential was found lately.
    func find(_ credential: Span<UInt8>) -> Int? {
        guard let place = Self.place(of: credential) else { return nil }
        let entry = entries[place]
        return entry.credential.span.equalsInConstantTime(credential) ? entry.key : nil
    }

    mutating func insert(_ credential: Span<UInt8>, _ key: Int) {
        guard let place = Self.place(of: credential) else { return }
        entries[place] = Entry(credential: Bytes(copying: credential), key: key)
    }

    /// By the last bytes: of keys these are random.
    private static func place(of credential: Span<UInt8>) -> Int? {
        guard 8...lengthLimit ~= credential.count else { return nil }
        // In bounds: there are at least eight bytes.
        let word = unsafe credential.bytes.unsafeLoadUnaligned(
            fromByteOffset: credential.count - 8, as: UInt64.self)
        return Int((word &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}
