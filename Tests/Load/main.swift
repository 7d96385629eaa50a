// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc
import Reactor
import Simulation

/// Runs the generator; returns the exit code.
func load(_ arguments: [String]) -> Int32 {
    do {
        let options = try LoadOptions(arguments)
        if options.wantsHelp {
            Console.say(LoadOptions.help)
            return 0
        }
        _ = ProcessResources.raiseDescriptorLimit()
        let run = LoadRun(loop: EventLoop(), options: options)
        run.run()
        let report = LoadReport(options: options, totals: run.totals)
        Console.say(options.isJSON ? report.json().string : report.table())
        return run.totals.statuses.isEmpty ? 1 : 0
    } catch let fault as UsageFault {
        Console.complain("apus-load: \(fault)")
        Console.complain("Try 'apus-load --help'.")
        return 2
    } catch {
        Console.complain("apus-load: \(error)")
        return 2
    }
}

exit(load(Array(CommandLine.arguments.dropFirst())))
