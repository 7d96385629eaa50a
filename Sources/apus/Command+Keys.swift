// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Glibc
import Node
import Simulation

extension Command {
    static let keys = Command(
        name: "keys",
        summary: "makes and hashes keys",
        help: """
            usage: apus keys hash < FILE
                   apus keys new NAME
                   apus keys cluster

            hash   reads a key from standard input and prints its hash for the configuration;
                   the key itself is not kept anywhere
            new    prints a fresh key for a caller, and the line for 'keys' in the configuration
            cluster
                   prints a fresh key for 'cluster.keys'
            """,
        run: { arguments in
            let arguments = try Arguments(arguments)
            switch arguments.operands.first {
            case "hash": return try hash(arguments)
            case "new": return try new(arguments)
            case "cluster":
                try arguments.allowOperands(1)
                Console.say(FreshKey.cluster().reveal().string)
                return .fine
            case let name?:
                let hint = NearestName.find(name, among: ["hash", "new", "cluster"])
                throw UsageFault(
                    "There is nothing called '\(name)'"
                        + (hint.map { "; did you mean '\($0)'?" } ?? "."))
            case nil: throw UsageFault("Say 'hash', 'new' or 'cluster'.")
            }
        })

    private static func hash(_ arguments: Arguments) throws -> ExitCode {
        guard arguments.operands.count == 1 else {
            throw UsageFault(
                "The key is read from standard input, since arguments are seen by everybody"
                    + " on this machine.")
        }
        if isatty(STDIN_FILENO) == 1 { Console.complain("Type or paste the key, then Enter:") }
        guard let key = readLine(strippingNewline: true) else {
            Console.complain("apus keys hash: there is nothing on standard input")
            return .badInput
        }
        do throws(KeyHash.Fault) {
            Console.say(try KeyHash.line(for: Bytes(key)))
            return .fine
        } catch {
            Console.complain("apus keys hash: \(error)")
            return .badInput
        }
    }

    private static func new(_ arguments: Arguments) throws -> ExitCode {
        try arguments.allowOperands(2)
        guard arguments.operands.count == 2 else { throw UsageFault("NAME is missing.") }
        let name = arguments.operands[1]
        guard isName(name) else {
            throw UsageFault("NAME needs 1 to 128 letters, digits, '.', '_' or '-'.")
        }
        let key = FreshKey.caller()
        let hash = try KeyHash.line(for: key.reveal())
        Console.say("\(key.reveal())")
        Console.say("  - { name: \"\(name)\", hash: \"\(hash)\", models: [\"*\"] }")
        return .fine
    }

    /// Narrower than what a configuration may hold, so that it needs no quoting.
    private static func isName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
                    || [0x2E, 0x5F, 0x2D].contains(byte)
            }
    }
}
