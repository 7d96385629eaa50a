// SPDX-License-Identifier: Apache-2.0
import Simulation

extension Command {
    static let simulateProvider = Command(
        name: "simulate-provider",
        summary: "runs a scripted provider for demos, tests and benches",
        help: nil,
        run: { arguments in
            let code = SimulateProviderCommand.run(arguments)
            return ExitCode(rawValue: code) ?? .internalFault
        })
}
