// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import JSON
import Testing

/// Compares verdicts with Foundation's parser on texts that are nearly right.
@Suite struct JSONMutationTests {
    private static let seeds = [
        JSONScannerTests.sample,
        #"{"a":[1,-2.5e3,0.1,true,false,null,"x\n\u00e9",{"b":{}}],"c":""}"#,
        #"[[],[[]],{"k":[{"l":"é😀"}]},"\\\"",0,-0,1E+2]"#,
    ]
    private static let alphabet = Array("{}[]\",:\\ \n\t0123456789.-+eEtrufalsn/bx'é".utf8)

    @Test("mutated texts are accepted exactly when Foundation does", arguments: 0..<8)
    func oracle(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<2_000 {
            var text = Array(Self.seeds.randomElement(using: &generator)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&text, &generator) }
            guard String(validating: text, as: UTF8.self) != nil else {
                #expect(verdict(on: Bytes(text)) != nil)
                continue
            }
            let found = verdict(on: Bytes(text))
            if found?.kind == .duplicateKey || Self.isDisputed(text) { continue }
            let expected = Self.foundationAccepts(text)
            #expect(
                (found == nil) == expected,
                "\(String(decoding: text, as: UTF8.self)): \(String(describing: found))")
            accepted += expected ? 1 : 0
        }
        #expect(accepted > 50)
    }

    private func mutate(_ text: inout [UInt8], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<max(1, text.count), using: &generator)
        guard place < text.count else { return }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: text.remove(at: place)
        case 1: text.insert(Self.alphabet.randomElement(using: &generator) ?? 0, at: place)
        case 2: text[place] = Self.alphabet.randomElement(using: &generator) ?? 0
        case 3: text.insert(text[place], at: place)
        default: text.swapAt(place, text.indices.randomElement(using: &generator) ?? 0)
        }
    }

    /// Lone surrogates, which Foundation refuses and we carry, numbers beyond a double, and commas
    /// before a closing bracket, which Foundation takes.
    private static func isDisputed(_ text: [UInt8]) -> Bool {
        let string = String(decoding: text, as: UTF8.self).lowercased()
        if string.contains(/,[ \n\t]*[\]}]/) { return true }
        return string.contains("\\ud") || string.contains(/[0-9]e[+-]?[0-9]{3}/)
    }

    private static func foundationAccepts(_ text: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
    }

    @Test("random bytes never trap, and a fault lies within them", arguments: 0..<4)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: 100 + seed)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0..<60, using: &generator)
            let text = (0..<count).map { _ in
                Bool.random(using: &generator)
                    ? Self.alphabet.randomElement(using: &generator) ?? 0
                    : UInt8.random(in: 0...255, using: &generator)
            }
            if let found = verdict(on: Bytes(text)) { #expect(0...count ~= found.offset) }
            var members = JSONMembers(in: text.span)
            while let member = members.next() {
                #expect(member.value.range.upperBound <= count)
                _ = member.key.string(in: Bytes(text))
            }
        }
    }
}
