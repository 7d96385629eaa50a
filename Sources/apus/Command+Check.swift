// SPDX-License-Identifier: Apache-2.0
import Config
import Simulation

extension Command {
    static let check = Command(
        name: "check",
        summary: "says what is wrong with a configuration, and where",
        help: """
            usage: apus check FILE

            Reads a configuration as 'apus serve --config FILE' would, without starting
            anything. Prints each finding as FILE:LINE:COLUMN: what is wrong, and what to
            write instead. Environment variables and files it refers to must be there.

            Exit code: 0 if a node could run with it, 1 if not.
            """,
        run: { arguments in
            let arguments = try Arguments(arguments)
            try arguments.allowOperands(1)
            guard let path = arguments.operands.first else {
                throw UsageFault("FILE is missing.")
            }
            let report = ConfigCheck.run(
                ConfigSource(path: path, surroundings: .ofProcess()))
            for line in report.lines { Console.say(line) }
            return report.isFine ? .fine : .badInput
        })
}
