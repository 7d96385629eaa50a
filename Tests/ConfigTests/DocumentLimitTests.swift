// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Testing

@Suite struct DocumentLimitTests {
    private func findings(_ bytes: [UInt8]) -> [String] {
        let source = ConfigSource(path: "a.yaml", surroundings: Surroundings(variables: [:]))
        do throws(InvalidConfiguration) {
            return try source.load(Bytes(bytes)).warnings.map(\.description)
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    @Test("bytes that are no text are named with their place")
    func notText() {
        #expect(
            findings(Array("node:\n  name: ü".utf8) + [0xFF]) == [
                "a.yaml:2:10: not YAML: invalid leading UTF-8 octet; write UTF-8 text without it"
            ])
        #expect(
            findings(Array("node: a".utf8) + [0]) == [
                "a.yaml:1:8: not YAML: control characters are not allowed;"
                    + " write UTF-8 text without it"
            ])
        #expect(
            findings([0xFF, 0xFE, 0x61, 0]) == [
                "a.yaml:1:1: not YAML: invalid leading UTF-8 octet; write UTF-8 text without it"
            ])
    }

    @Test("a byte order mark is no part of the text")
    func byteOrderMark() {
        let lines = findings([0xEF, 0xBB, 0xBF] + Array("auth: maybe".utf8))
        #expect(lines.last == "a.yaml:1:7: 'auth' must be none, not 'maybe'")
    }

    @Test("columns count characters, not bytes")
    func columns() {
        #expect(
            findings(Array("{ auth: none, 'é€😀': 1 , b: 1 }".utf8)).contains {
                $0.hasPrefix("a.yaml:1:26: unknown key 'b'")
            })
    }

    @Test("a file above one mebibyte is refused before it is read as YAML")
    func tooLarge() {
        let lines = findings([UInt8](repeating: 0x20, count: (1 << 20) + 1))
        #expect(
            lines == [
                "a.yaml:1:1: the file is larger than 1 MiB; split off what is no configuration"
            ])
    }

    @Test("nesting is bounded", arguments: [("[", 33), ("{a: ", 126), ("- ", 65)])
    func depth(opening: String, column: Int) {
        let text = String(repeating: opening, count: 100_000)
        #expect(
            findings(Array(text.utf8)) == [
                "a.yaml:1:\(column): nested deeper than 32 levels; write it flatter"
            ])
    }

    @Test("the number of values is bounded")
    func count() {
        let text = "[" + String(repeating: "1,", count: 100_000) + "]"
        #expect(
            findings(Array(text.utf8)) == ["a.yaml:1:100000: more than 50000 values; write fewer"])
    }

    @Test("aliases cannot make a small file large")
    func laughs() {
        var text = "a0: &a0 [lol, lol]\n"
        for level in 1...40 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        let lines = findings(Array(text.utf8))
        #expect(lines.count == 101)
        #expect(
            lines.contains(
                "a.yaml:1:5: an anchor '&…' is not supported; write the value without it"))
        #expect(lines.last?.contains("more findings") == true)
    }

    @Test("a file of faults takes no time that grows with their square", .timeLimit(.minutes(1)))
    func manyFaults() {
        var text = "providers: [{ name: a, kind: openai }]\nmodels:\n"
        for index in 0..<3_000 {
            text += "- {name: m\(index), targets: [{provider: b\(index)}], fallback: [f\(index)]}\n"
        }
        let lines = findings(Array(text.utf8))
        #expect(lines.count == 101)
        #expect(lines.last?.hasSuffix("warning: and 5901 more findings") == true)
    }
}
