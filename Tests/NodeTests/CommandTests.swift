// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The program itself, as a shell sees it.
@Suite struct CommandTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let code: Int32
        /// What the first line on standard output, or else on standard error, contains.
        let says: String

        var testDescription: String { "apus \(arguments.joined(separator: " "))" }
    }

    static let rows: [Row] = [
        Row(arguments: ["--help"], code: 0, says: "Apus is a gateway"),
        Row(arguments: ["help"], code: 0, says: "Apus is a gateway"),
        Row(arguments: ["help", "check"], code: 0, says: "usage: apus check FILE"),
        Row(arguments: ["serve", "--help"], code: 0, says: "usage: apus serve"),
        Row(
            arguments: ["simulate-provider", "-h"], code: 0, says: "usage: apus simulate-provider"),
        Row(arguments: ["--version"], code: 0, says: "apus 0."),
        Row(arguments: [], code: 2, says: "Apus is a gateway"),
        Row(arguments: ["srve"], code: 2, says: "did you mean 'serve'?"),
        Row(arguments: ["help", "chek"], code: 2, says: "did you mean 'check'?"),
        Row(arguments: ["--verson"], code: 2, says: "did you mean '--version'?"),
        Row(arguments: ["zzz"], code: 2, says: "There is no command 'zzz'."),
        Row(arguments: ["serve", "--confg", "x"], code: 2, says: "did you mean '--config'?"),
        Row(arguments: ["serve", "--listen"], code: 2, says: "--listen needs a value"),
        Row(arguments: ["serve", "extra"], code: 2, says: "'extra' is not expected"),
        Row(arguments: ["serve", "--loops", "0"], code: 2, says: "from 1 to 256, not '0'"),
        Row(arguments: ["serve", "--loops=many"], code: 2, says: "not 'many'"),
        Row(
            arguments: ["serve", "--listen", "here"], code: 1, says: "--listen: 'here' has"),
        Row(
            arguments: ["serve", "--config", "no-such"], code: 1, says: "no-such: the file cannot"),
        Row(arguments: ["check"], code: 2, says: "FILE is missing"),
        Row(arguments: ["check", "a", "b"], code: 2, says: "'b' is not expected"),
        Row(arguments: ["check", "no-such"], code: 1, says: "no-such: the file cannot be read"),
        Row(arguments: ["keys"], code: 2, says: "Say 'hash', 'new' or 'cluster'"),
        Row(arguments: ["keys", "hsh"], code: 2, says: "did you mean 'hash'?"),
        Row(arguments: ["keys", "hash", "sk-1"], code: 2, says: "read from standard input"),
        Row(arguments: ["keys", "new"], code: 2, says: "NAME is missing"),
        Row(arguments: ["keys", "new", "a b"], code: 2, says: "NAME needs"),
        Row(arguments: ["simulate", "--help"], code: 0, says: "usage: apus simulate"),
        Row(arguments: ["simulate", "--sed", "1"], code: 2, says: "did you mean '--seed'?"),
        Row(arguments: ["simulate", "--seed", "x"], code: 2, says: "of at least 0, not 'x'"),
        Row(arguments: ["simulate", "--seeds", "0"], code: 2, says: "of at least 1, not '0'"),
        Row(arguments: ["simulate", "--nodes", "0"], code: 2, says: "from 1 to 4096, not '0'"),
        Row(arguments: ["simulate", "--faults", "los"], code: 2, says: "did you mean 'loss'?"),
        Row(arguments: ["simulate", "--faults", "war"], code: 2, says: "known are loss,"),
        Row(arguments: ["simulate", "--scenario", "crsh"], code: 2, says: "mean 'crash'?"),
        Row(arguments: ["simulate", "--quick"], code: 2, says: "for --table only"),
        Row(
            arguments: ["simulate", "--faults", "none", "--scenario", "leave"], code: 2,
            says: "no effect on a scenario"),
        Row(
            arguments: ["simulate", "--fuzz", "500", "--seed", "1"], code: 0,
            says: "seed 1: 500 altered datagrams, 0 accepted"),
        Row(
            arguments: ["simulate", "--seed", "7", "--nodes", "3"], code: 0,
            says: "scenario=swarm seed=7 nodes=3"),
    ]

    @Test("each call has its exit code and its first line", arguments: rows)
    func call(row: Row) throws {
        let outcome = try Program.run(row.arguments)
        #expect(outcome.code == row.code)
        #expect(outcome.firstLine.contains(row.says), "\(outcome)")
        #expect(!outcome.text.contains("fatal"), "\(outcome)")
    }

    @Test("a bad file is told line by line")
    func badFile() throws {
        let folder = try TestFolder()
        try folder.write("bad.yaml", "listn: {}\nproviders:\n  - { name: a, kind: opnai }\n")
        for command in [
            ["check", folder.path("bad.yaml")], ["serve", "--config", folder.path("bad.yaml")],
        ] {
            let outcome = try Program.run(command)
            #expect(outcome.code == 1)
            let lines = outcome.text.split(separator: "\n")
            #expect(lines.count == 2, "\(outcome)")
            #expect(lines.first?.hasPrefix("\(folder.path("bad.yaml")):1:1: ") == true)
            #expect(lines.last?.hasPrefix("\(folder.path("bad.yaml")):3:") == true)
        }
    }

    @Test("nobody is let in without a key from other machines, unless that is written")
    func openAccess() throws {
        let folder = try TestFolder()
        let provider = "providers: [{ name: a, kind: ollama }]\n"
        try folder.write("open.yaml", "listen: { api: \"0.0.0.0:0\" }\n\(provider)")
        let file = try Program.run(["check", folder.path("open.yaml")])
        #expect(file.code == 1 && file.firstLine.contains("without a key"), "\(file)")
        let bare = try Program.run(
            ["serve", "--listen", "0.0.0.0:0", "--admin", "127.0.0.1:0"],
            environment: ["OPENAI_API_KEY": "sk-1"])
        #expect(bare.code == 1 && bare.firstLine.contains("without a key"), "\(bare)")
        try folder.write("meant.yaml", "listen: { api: \"0.0.0.0:0\" }\nauth: none\n\(provider)")
        #expect(try Program.run(["check", folder.path("meant.yaml")]).code == 0)
    }

    @Test("a good file is fine")
    func goodFile() throws {
        let folder = try TestFolder()
        try folder.write("good.yaml", "providers: [{ name: a, kind: ollama }]\n")
        let outcome = try Program.run(["check", folder.path("good.yaml")])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("fine"))
    }

    @Test("a key's hash is the one that the configuration wants", arguments: ["sk-1", "sk-1\n"])
    func hash(input: String) throws {
        let outcome = try Program.run(["keys", "hash"], input: input)
        #expect(outcome.code == 0)
        // Of the text "sk-1".
        #expect(
            outcome.output
                == "sha256:0f2c10bf3d128c719c6bfa4ecbae94b7fceebaea6e4438fef38a90e5acc326f3\n")
    }

    @Test("what cannot be a key is refused", arguments: ["", "\n", "a b\n", "schlüssel\n"])
    func badKey(input: String) throws {
        let outcome = try Program.run(["keys", "hash"], input: input)
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasPrefix("apus keys hash: "), "\(outcome)")
    }

    @Test("a new key fits its line")
    func newKey() throws {
        let made = try Program.run(["keys", "new", "dev"])
        let lines = made.output.split(separator: "\n")
        #expect(made.code == 0 && lines.count == 2)
        let key = String(try #require(lines.first))
        #expect(key.hasPrefix("sk-apus-") && key.count == 51)
        let hash = try Program.run(["keys", "hash"], input: key).output.dropLast()
        #expect(lines.last?.contains("name: \"dev\", hash: \"\(hash)\"") == true)
        let again = try Program.run(["keys", "new", "dev"])
        #expect(again.output != made.output)
    }
}
