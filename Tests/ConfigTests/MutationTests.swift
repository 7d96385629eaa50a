// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Testing

@Suite struct MutationTests {
    /// Text that YAML or we give a meaning to.
    private static let pieces = [
        "\n", "  ", "\t", ": ", "- ", "#", "[", "]", "{", "}", ",", "\"", "'", "|\n", ">\n", "&a ",
        "*a", "!!int ", "---\n", "...\n", "%YAML 1.1\n", "${", "}", "$", "file:", "*", "~", "null",
        "\u{0}", "\u{FEFF}", "é", "😀", "?", "<<", "sha256:", "0", "-1", "99999999999999999999",
        "https://", "@", "\\", "\r", "\u{2028}",
    ]

    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...(random.next() % 4) {
            let position = Int(random.next() % UInt64(bytes.count + 1))
            let length = min(bytes.count - position, Int(random.next() % 24))
            switch random.next() % 5 {
            case 0: bytes.removeSubrange(position..<position + length)
            case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: position)
            case 2:
                let piece = Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
                bytes.insert(contentsOf: piece.utf8, at: position)
            case 3: bytes.insert(contentsOf: bytes[position..<position + length], at: position)
            default: bytes.removeSubrange(position...)
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }

    @Test("a good file with random edits is loaded, or every fault has its place in it")
    func edits() throws {
        let good = Array(try repositoryFile("docs/examples/apus.yaml").utf8)
        let source = ConfigSource(path: "a.yaml", surroundings: Surroundings(variables: [:]))
        var random = SeededGenerator(seed: 0xA9)
        var faulty = 0
        for round in 0..<1_500 {
            let bytes = mutated(good, &random)
            let lineCount = bytes.count { [0x0A, 0x0D, 0xA8, 0x85].contains($0) } + 1
            var found: [Diagnostic] = []
            do throws(InvalidConfiguration) {
                found = try source.load(Bytes(bytes)).warnings
            } catch {
                found = error.diagnostics
                faulty += 1
                #expect(found.contains { $0.severity == .error }, "round \(round)")
            }
            for finding in found {
                let position = try #require(finding.position, "round \(round)")
                #expect((1...lineCount).contains(position.line), "round \(round)")
                #expect((1...bytes.count + 1).contains(position.column), "round \(round)")
                #expect(!finding.message.contains { $0.isNewline }, "round \(round)")
            }
            let places = found.compactMap(\.position)
            #expect(places == places.sorted(), "round \(round)")
        }
        // Both ends must have been reached for the test to say something.
        #expect((300..<1_450).contains(faulty))
    }

    @Test("any beginning of a good file is loaded, or its faults have a place")
    func truncation() throws {
        let good = Bytes(try repositoryFile("docs/examples/apus.yaml"))
        let source = ConfigSource(path: "a.yaml", surroundings: Surroundings(variables: [:]))
        for length in stride(from: 0, to: good.count, by: 7) {
            do throws(InvalidConfiguration) {
                _ = try source.load(good.prefix(length))
            } catch {
                #expect(error.diagnostics.allSatisfy { $0.position != nil }, "length \(length)")
            }
        }
    }
}
