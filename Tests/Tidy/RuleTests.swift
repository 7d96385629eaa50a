// SPDX-License-Identifier: Apache-2.0
import Testing

/// Each rule must find what it is there for, and let its neighbour pass.
@Suite struct RuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: Rule
        var path = "Sources/Gateway/Sample.swift"
        let code: String
        var findings = 1

        var testDescription: String { "\(rule.name): \(code.prefix(40))" }
    }

    private static func long(_ count: Int, _ line: String = "    step()\n") -> String {
        String(repeating: line, count: count)
    }

    static let sizes: [Case] = [
        Case(rule: .line, code: long(1, String(repeating: "x", count: 101))),
        Case(rule: .line, code: String(repeating: "é", count: 100), findings: 0),
        Case(rule: .file, code: long(501)),
        Case(rule: .file, path: "Tests/A/B.swift", code: long(800), findings: 0),
        Case(rule: .function, code: "func run() {\n\(long(69))}\n"),
        Case(rule: .function, code: "func run() {\n\(long(68))}\n", findings: 0),
        Case(rule: .function, code: "init<T>(a: T) where T: P {\n\(long(69))}\n"),
        Case(rule: .parameters, code: "func a(b: B, c: C, d: D, e: E, f: F, g: G) {}"),
        Case(rule: .parameters, code: "public init(b: B, c: C, d: D, e: E, f: F, g: G)\n"),
        Case(
            rule: .parameters, code: "func a(b: [B: B], c: (x: C, y: C) -> C = { c }) {}",
            findings: 0),
        Case(rule: .parameters, code: "x = .init(b: B, c: C, d: D, e: E, f: F, g: G)", findings: 0),
        Case(rule: .nesting, code: "func a() { if b { if c { if d { if e { if f {} } } } } }"),
        Case(rule: .nesting, code: "func a() { if b { if c { if d { if e {} } } } }", findings: 0),
    ]

    static let code: [Case] = [
        Case(rule: .imports, path: "Sources/JSON/A.swift", code: "public import HTTP"),
        Case(rule: .imports, path: "Sources/JSON/A.swift", code: "import Foundation"),
        Case(rule: .imports, path: "Sources/JSON/A.swift", code: "import Glibc"),
        Case(rule: .imports, path: "Sources/Core/A.swift", code: "import struct JSON.Scanner"),
        Case(rule: .imports, path: "Sources/JSON/A.swift", code: "import Core", findings: 0),
        Case(rule: .banned, code: "let now = Date()"),
        Case(rule: .banned, code: "let a = Data(b), c = URL(d)", findings: 2),
        Case(rule: .banned, code: "Task { await run() }"),
        Case(rule: .banned, path: "Tests/A/B.swift", code: "try await Task.sleep(for: a)"),
        Case(rule: .banned, path: "Tests/A/B.swift", code: "print(a)", findings: 0),
        Case(rule: .banned, code: "fatalError(\"no\")"),
        Case(rule: .banned, path: "Sources/apus/A.swift", code: "fatalError()", findings: 0),
        Case(rule: .banned, code: "// print(a)\nlet b = \"print(a)\"", findings: 0),
        Case(rule: .banned, code: "log.print(a); userData(b); fingerprint(c)", findings: 0),
        Case(rule: .banned, code: "let a = \"\\(Date())\""),
        Case(rule: .unseeded, code: "Int.random(in: 0..<3)"),
        Case(rule: .unseeded, code: "Int.random(\n    in: 0..<3)"),
        Case(rule: .unseeded, code: "stage.random(3) + Int.random(in: 0..<3)"),
        Case(rule: .unseeded, code: "let a = Bool.random()"),
        Case(rule: .unseeded, code: "Int.random(in: 0..<3, using: &random)", findings: 0),
        Case(rule: .unseeded, code: "let a = stage.random(3)", findings: 0),
        Case(rule: .forced, code: "let a = b!"),
        Case(rule: .forced, code: "let a = b()!.c[0]!", findings: 2),
        Case(rule: .forced, code: "let a = try! b()"),
        Case(rule: .forced, code: "let a = b as! C"),
        Case(rule: .forced, code: "let a = b!  // set by init", findings: 0),
        Case(rule: .forced, code: "// set by init\nlet a = f(\n    b!)", findings: 0),
        Case(rule: .forced, code: "// a type\nfunc f() {\n    b!\n}"),
        Case(rule: .forced, code: "if !a, b != c, d(!e) { }", findings: 0),
        Case(rule: .unchecked, code: "class A: @unchecked Sendable {}"),
        Case(rule: .unchecked, code: "nonisolated(unsafe) var a = 1"),
        Case(rule: .unchecked, code: "// one writer\nclass A: @unchecked Sendable {}", findings: 0),
    ]

    static let text: [Case] = [
        Case(rule: .licence, code: "let a = 1"),
        Case(rule: .licence, code: "// SPDX-License-Identifier: Apache-2.0\n", findings: 0),
        Case(rule: .leftovers, code: "// " + "TODO: more"),
        Case(rule: .leftovers, code: "// the TODOS of others", findings: 1),
        Case(rule: .docs, code: "public struct Sample {}"),
        Case(rule: .docs, code: "/// A sample.\n@safe public struct Sample {}", findings: 0),
        Case(rule: .docs, code: "struct Sample {}", findings: 0),
        Case(rule: .docs, code: "public func a() {\n\(long(5))}"),
        Case(rule: .docs, code: "public func a() { b() }", findings: 0),
        Case(
            rule: .docs,
            code: "/// Does.\n@inline(never) @discardableResult\npublic func a() {\n\(long(5))}",
            findings: 0),
        Case(rule: .abstracts, code: "/// " + String(repeating: "wordy ", count: 30)),
        Case(
            rule: .abstracts, code: "/// Short. " + String(repeating: "wordy ", count: 30),
            findings: 0),
        Case(rule: .paths, code: "let a = \"/" + "home/ann/b\""),
        Case(rule: .paths, code: "let a = \"v1/home/ann\"", findings: 0),
        Case(rule: .typeNames, code: "struct Node {}"),
        Case(rule: .typeNames, code: "indirect enum Tree { case leaf }", findings: 0),
        Case(rule: .fileNames, code: "struct Other {}"),
        Case(rule: .fileNames, path: "Sources/A/B+C.swift", code: "extension B {}", findings: 0),
        Case(rule: .forTest, code: "a.stateForTest()"),
        Case(rule: .forTest, code: "var stateForTest: Int { 1 }", findings: 0),
        Case(rule: .vocabulary, code: "let httpBackendPool = 1"),
        Case(rule: .vocabulary, code: "let upstreamPool = 1", findings: 0),
    ]

    @Test("a rule finds what it forbids and nothing else", arguments: sizes + code + text)
    func finds(sample: Case) {
        let source = SourceText(path: sample.path, text: sample.code)
        let findings = sample.rule.findings(in: source)
        #expect(findings.count == sample.findings, "\(findings)")
    }

    @Test("a banned call's message names the replacement")
    func replacement() {
        let source = SourceText(path: "Sources/Gateway/A.swift", text: "DispatchQueue.main")
        #expect(
            Rule.banned.findings(in: source).map(\.description)
                == ["Sources/Gateway/A.swift:1: DispatchQueue is banned; use Reactor"])
    }

    @Test("comments and strings are told from code")
    func splitting() {
        let text = """
            a /* b /* c */ d */ e // f
            g "h \\" // i" j #"k " \\(l) \\#(m) "# n
            """
        let source = SourceText(path: "A.swift", text: text)
        #expect(source.tokens.filter(\.isWord).map(\.text) == ["a", "e", "g", "j", "m", "n"])
        #expect(source.comments[0].contains("f"))
    }

    @Test("the words of a name are found")
    func words() {
        #expect("HTTPBackendPool2".wordsOfName == ["http", "backend", "pool"])
        #expect("parseURL".wordsOfName == ["parse", "url"])
        #expect("snake_case".wordsOfName == ["snake", "case"])
    }
}
