// SPDX-License-Identifier: Apache-2.0
import Config
import Node
import Simulation

/// How a command ended, for scripts.
enum ExitCode: Int32 {
    case fine = 0
    /// What the user gave could not be used.
    case badInput = 1
    /// The command was called wrongly.
    case usage = 2
    /// Our fault (EX_SOFTWARE of sysexits.h).
    case internalFault = 70
}

/// One subcommand.
struct Command: Sendable {
    var name: String
    /// One line for the list of commands.
    var summary: String
    /// What `--help` prints; nil if the command does that by itself.
    var help: String?
    var run: @Sendable (_ arguments: [String]) throws -> ExitCode

    /// All of them, in the order in which help lists them.
    static let all: [Command] = [
        .serve, .check, .members, .drain, .explain, .keys, .simulate, .simulateProvider,
    ]
}

/// The program: finds the subcommand and turns faults into lines and exit codes.
enum Apus {
    static func run(_ arguments: [String]) -> ExitCode {
        guard let first = arguments.first else {
            Console.complain(overview)
            return .usage
        }
        switch first {
        case "help" where arguments.count > 1: return dispatch(arguments[1], ["--help"])
        case "help", "--help", "-h":
            Console.say(overview)
            return .fine
        case "--version", "-V", "version":
            Console.say("apus \(ApusVersion.current) (\(BuildCommit.text))")
            return .fine
        default: return dispatch(first, Array(arguments.dropFirst()))
        }
    }

    private static func dispatch(_ name: String, _ arguments: [String]) -> ExitCode {
        guard let command = Command.all.first(where: { $0.name == name }) else {
            return unknown(name)
        }
        let isHelp = arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
        if isHelp, let help = command.help {
            Console.say(help)
            return .fine
        }
        do {
            return try command.run(arguments)
        } catch let fault as UsageFault {
            Console.complain("apus \(name): \(fault)")
            Console.complain("Try 'apus \(name) --help'.")
            return .usage
        } catch let fault as InvalidConfiguration {
            Console.complain("\(fault)")
            return .badInput
        } catch let fault as NodeFault {
            Console.complain("apus \(name): \(fault)")
            return .badInput
        } catch {
            Console.complain("apus \(name): \(error); this is a fault of Apus itself")
            return .internalFault
        }
    }

    private static func unknown(_ name: String) -> ExitCode {
        let known = Command.all.map(\.name) + ["help", "--help", "--version"]
        let what = name.hasPrefix("-") ? "option" : "command"
        let hint = NearestName.find(name, among: known).map { "; did you mean '\($0)'?" } ?? "."
        Console.complain("apus: There is no \(what) '\(name)'\(hint)")
        Console.complain("Try 'apus --help'.")
        return .usage
    }

    private static var overview: String {
        let width = (Command.all.map(\.name.count).max() ?? 0) + 2
        let commands = Command.all.map { command in
            "  apus " + command.name
                + String(repeating: " ", count: width - command.name.count) + command.summary
        }
        return """
            Apus is a gateway between applications and LLM providers.

            usage: apus COMMAND [OPTIONS]

            \(commands.joined(separator: "\n"))

              apus COMMAND --help    says more about a command
              apus --version         prints the version

            'apus serve' alone is enough for a first request: it takes providers from
            OPENAI_API_KEY, ANTHROPIC_API_KEY and the like, or simulates one.
            """
    }
}
