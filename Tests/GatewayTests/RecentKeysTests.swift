// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Gateway

@Suite struct RecentKeysTests {
    private let key: Bytes = "sk-0123456789abcdef"

    @Test("a key that was found is found again, byte for byte")
    func found() {
        var keys = RecentKeys()
        keys.prepare(for: 1)
        #expect(keys.find(key.span) == nil)
        keys.insert(key.span, 7)
        #expect(keys.find(key.span) == 7)
    }

    @Test(
        "a key that shares its end, its start or its length is another",
        arguments: [
            "sk-0123456789abcdeg", "xx-0123456789abcdef", "k-0123456789abcdef",
            "xsk-0123456789abcdef", "89abcdef", "",
        ] as [Bytes])
    func others(other: Bytes) {
        var keys = RecentKeys()
        keys.prepare(for: 1)
        keys.insert(key.span, 7)
        #expect(keys.find(other.span) == nil)
    }

    @Test("another configuration knows nothing of the keys before it")
    func generations() {
        var keys = RecentKeys()
        keys.prepare(for: 1)
        keys.insert(key.span, 7)
        keys.prepare(for: 2)
        #expect(keys.find(key.span) == nil)
    }

    @Test("keys that are very short or very long are never kept", arguments: [0, 7, 257, 4096])
    func lengths(length: Int) {
        var keys = RecentKeys()
        keys.prepare(for: 1)
        let odd = Bytes(Array(repeating: UInt8(ascii: "k"), count: length))
        keys.insert(odd.span, 3)
        #expect(keys.find(odd.span) == nil)
    }

    @Test("however many callers there are, no key is taken for another's")
    func crowd() {
        var keys = RecentKeys()
        keys.prepare(for: 1)
        for number in 0..<1000 {
            keys.insert(Bytes("sk-caller-\(1_000_000 + number)").span, number)
        }
        for number in 0..<1000 {
            let found = keys.find(Bytes("sk-caller-\(1_000_000 + number)").span)
            #expect(found == nil || found == number)
        }
    }
}
