// SPDX-License-Identifier: Apache-2.0
import Core
import JSON
import Testing

@Suite struct DuplicateNameTests {
    @Test(
        "a repeated name is refused at any depth, told at its second occurrence",
        arguments: [
            BadText(#"{"a":1,"a":1}"#, .duplicateKey, 7),
            BadText(#"{"":1,"":1}"#, .duplicateKey, 6),
            BadText(#"{"a":1,"b":2,"a":3}"#, .duplicateKey, 13),
            BadText(#"{"x":{"a":1,"a":1}}"#, .duplicateKey, 12),
            BadText(#"[[{"a":[{"b":0}],"a":1}]]"#, .duplicateKey, 17),
            BadText(#"{"a":{"a":1},"a":1}"#, .duplicateKey, 13),
            BadText(#"{"\u0061":1,"a":1}"#, .duplicateKey, 12),
            BadText(#"{"a":1,"\u0061":1}"#, .duplicateKey, 7),
            BadText(#"{"\ud83d\ude00":1,"😀":1}"#, .duplicateKey, 18),
            BadText(#"{"\ud800":1,"\ud801":1}"#, .duplicateKey, 12),
            BadText(#"{"\udc00":1,"\ufffd":1}"#, .duplicateKey, 12),
            BadText(#"{"a\/b":1,"a/b":1}"#, .duplicateKey, 10),
            BadText(#"{"abcdefgh":1,"abcdefgh":1}"#, .duplicateKey, 14),
            BadText(#"{"abcdefghi":1,"abcdefghi":1}"#, .duplicateKey, 15),
        ])
    func repeated(bad: BadText) throws {
        let fault = try #require(verdict(on: Bytes(bad.text)))
        #expect(fault.kind == bad.kind)
        #expect(fault.offset == bad.offset)
    }

    @Test("names that only look alike are different")
    func different() {
        let names = [
            "a", "A", "a ", " a", "aa", "á", "a\\u0000", "\\u0000a", "\\ud800", "abcdefgh",
            "abcdefg", "abcdefghi", "hgfedcba", "\\\\a", "\\\"a",
        ]
        let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(verdict(on: text) == nil)
    }

    @Test("in objects of any size every repetition is found", arguments: [2, 23, 24, 25, 26, 300])
    func sizes(count: Int) throws {
        let names = (0..<count).map { "name\($0)" }
        func text(_ names: [String]) -> String {
            "{\"in\":{" + names.map { "\"\($0)\":{\"x\":[{\"x\":1}]}" }.joined(separator: ",")
                + "}}"
        }
        #expect(verdict(on: text(names)) == nil)
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<20 {
            let first = Int.random(in: 0..<count - 1, using: &generator)
            let second = Int.random(in: first + 1..<count, using: &generator)
            var repeated = names
            repeated[second] = names[first]
            let found = try #require(verdict(on: text(repeated)))
            #expect(found.kind == .duplicateKey)
            let prefix = text(Array(repeated[0..<second]))
            // The prefix closes two objects; the repeated name stands behind a comma instead.
            #expect(found.offset == prefix.utf8.count - 2 + 1)
            #expect(found.path.string.hasPrefix("in"))
        }
    }

    @Test("a hundred thousand names are judged, and their repetition found")
    func hostile() {
        var text = "{"
        for index in 0..<100_000 { text += "\"k\(index)\":0," }
        #expect(verdict(on: text + "\"last\":0}") == nil)
        #expect(verdict(on: text + "\"k77777\":0}")?.kind == .duplicateKey)
    }

    @Test("large objects inside large objects keep their names apart")
    func nestedCrowds() {
        func object(_ inner: String, _ count: Int) -> String {
            "{" + (0..<count).map { "\"k\($0)\":\(inner)" }.joined(separator: ",") + "}"
        }
        let nested = object(object(object("0", 30), 3), 40)
        #expect(verdict(on: nested) == nil)
        let bad = nested.dropLast() + ",\"k39\":0}"
        #expect(verdict(on: String(bad))?.kind == .duplicateKey)
        #expect(verdict(on: String(bad))?.offset == nested.utf8.count)
    }
}
