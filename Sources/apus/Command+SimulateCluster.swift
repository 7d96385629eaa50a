// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Crypto
import Node
import Reactor
import Simulation

extension Command {
    static let simulate = Command(
        name: "simulate",
        summary: "runs seeded clusters in virtual time, with faults",
        help: """
            usage: apus simulate [--seed N] [--seeds COUNT] [--nodes N] [--faults LIST]
                                 [--scenario NAME] [--trace]
                   apus simulate --table [--quick] [--seeds COUNT] [--scenario NAME] [--nodes N]
                   apus simulate --fuzz COUNT [--seed N]

            Runs real membership machines over a simulated network. A seed decides everything, so
            that the same seed, options and version repeat a run to its last event. Faults first;
            then they end, and all nodes must agree on who is alive.

              --seed N         the first seed, in decimal (a random one)
              --seeds COUNT    so many seeds, one after another (1)
              --nodes N        nodes, 1 to 4096 (drawn from the seed)
              --faults LIST    kinds of trouble, with commas, or none (drawn from the seed)
              --scenario NAME  a course of events instead of mixed faults
              --trace          prints what happens, with simulated seconds
              --table          runs every scenario many times and prints its figures
              --quick          the same with few seeds
              --fuzz COUNT     throws so many altered datagrams at a gate and a machine
              -h, --help       this text

            Faults: \(wrapped(ClusterFaults.named.map(\.name)))
            Scenarios: \(wrapped(ScenarioCatalogue.entries.map(\.name)))

            Exit code: 0 if every promise was kept, 70 if not; then the seed is printed.
            """,
        run: { try SimulateCommand($0).run() })

    /// A list with commas, broken into lines that fit below its title.
    private static func wrapped(_ names: [String]) -> String {
        var lines: [String] = []
        var line = ""
        for name in names {
            if !line.isEmpty, line.count + name.count > 72 {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + name + ","
        }
        return (lines + [String(line.dropLast())]).joined(separator: "\n  ") + "."
    }
}

/// `apus simulate`: arguments become a request, failures become lines that repeat them.
struct SimulateCommand {
    private var request = SimulationRequest(firstSeed: 0)
    private var isTraced = false
    private var table: ScenarioTable.Size?
    private var mutants: Int?
    /// Of a line of the table.
    private var seedLimit: Int?

    init(_ arguments: [String]) throws(UsageFault) {
        var options = OptionReader(arguments)
        var seed: UInt64?
        var isTable = false
        var isQuick = false
        while let option = try options.next() {
            switch option {
            case "--seed": seed = try Self.number(option, options.value(), from: 0)
            case "--seeds": request.count = try Self.number(option, options.value(), from: 1)
            case "--nodes": request.nodes = try options.int(1...4096)
            case "--faults": request.faults = try Self.faults(options.value())
            case "--scenario": request.scenario = try Self.scenario(options.value())
            case "--trace": isTraced = true
            case "--table": isTable = true
            case "--fuzz": mutants = try options.int(1...1_000_000_000)
            case "--quick": isQuick = true
            default: throw Self.unknown(option)
            }
        }
        if isQuick, !isTable { throw UsageFault("--quick is for --table only.") }
        if isTable {
            table = isQuick ? .quick : .full
            if request.count > 1 { seedLimit = Int(clamping: request.count) }
        }
        if request.faults != nil, request.scenario != nil {
            throw UsageFault("--faults has no effect on a scenario; leave out one of the two.")
        }
        request.firstSeed = seed ?? Self.randomSeed()
    }

    func run() -> ExitCode {
        if let table { return run(table) }
        if let mutants { return fuzz(mutants) }
        let start = SystemClock.monotonic()
        if request.count > 1 {
            Console.say("seeds \(request.firstSeed) and \(request.count - 1) more")
        }
        let trace: ((String) -> Void)? = isTraced ? { Console.say($0) } : nil
        let outcome = request.run(trace: trace)
        for failure in outcome.failures { complain(failure) }
        if outcome.failures.isEmpty, request.count == 1, let last = outcome.last {
            Console.say("\(last)")
        }
        let spent = SystemClock.monotonic() - start
        let speed = outcome.nodeSeconds / Double(max(spent.milliseconds, 1)) * 1000
        Console.say(
            "\(outcome.runs) runs, \(outcome.failures.count) failed; \(Int(outcome.nodeSeconds))"
                + " node-seconds in \(spent.milliseconds) ms (\(Int(speed)) a second)")
        return outcome.failures.isEmpty ? .fine : .internalFault
    }

    private func run(_ size: ScenarioTable.Size) -> ExitCode {
        Console.say("Apus \(ApusVersion.current), \(BuildCommit.text); seeds from 1.\n")
        var part = ScenarioTable.Part(scenario: request.scenario?.name, nodes: request.nodes)
        if let seedLimit { part.seedLimit = seedLimit }
        let kept = ScenarioTable.run(size, part, clock: SystemClock.monotonic) { Console.say($0) }
        return kept ? .fine : .internalFault
    }

    /// Altered datagrams must all be dropped, and altered news must not make a machine grow.
    private func fuzz(_ count: Int) -> ExitCode {
        let outcome = ClusterFuzz.run(seed: request.firstSeed, count: count)
        Console.say(
            "seed \(request.firstSeed): \(outcome.sent) altered datagrams, \(outcome.accepted)"
                + " accepted; \(outcome.sent) altered payloads, \(outcome.malformed) malformed;"
                + " at most \(outcome.mostMembers) members and \(outcome.deepestQueue) queued")
        return outcome.isBounded ? .fine : .internalFault
    }

    private func complain(_ failure: ClusterRunResult) {
        Console.complain("\(failure)")
        Console.complain(
            "  Apus \(ApusVersion.current), \(BuildCommit.text); repeat it with:\n"
                + "  apus simulate \(request.replay(failure.seed)) --trace")
    }

    /// Short enough to be typed.
    private static func randomSeed() -> UInt64 {
        var reader = ByteReader(RandomBytes.make(count: 8).span)
        return reader.uint64() >> 16
    }

    private static func number(
        _ option: String, _ text: String, from least: UInt64
    ) throws(UsageFault) -> UInt64 {
        guard let number = UInt64(text), number >= least else {
            throw UsageFault("\(option) needs a whole number of at least \(least), not '\(text)'.")
        }
        return number
    }

    private static func faults(_ text: String) throws(UsageFault) -> ClusterFaults {
        guard text != "none" else { return [] }
        var faults: ClusterFaults = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let known = ClusterFaults.named.first(where: { $0.name == name }) else {
                throw unknown(
                    "fault", String(name), ClusterFaults.named.map(\.name) + ["none"])
            }
            faults.insert(known.fault)
        }
        return faults
    }

    private static func scenario(_ name: String) throws(UsageFault) -> ScenarioCatalogue.Entry {
        if let entry = ScenarioCatalogue.entry(name) { return entry }
        throw unknown("scenario", name, ScenarioCatalogue.entries.map(\.name))
    }

    private static func unknown(_ option: String) -> UsageFault {
        let known = [
            "--seed", "--seeds", "--nodes", "--faults", "--scenario", "--trace", "--table",
            "--quick", "--fuzz", "--help",
        ]
        let hint = NearestName.find(option, among: known)
        return UsageFault(
            "There is no option '\(option)'" + (hint.map { "; did you mean '\($0)'?" } ?? "."))
    }

    private static func unknown(_ kind: String, _ name: String, _ known: [String]) -> UsageFault {
        let hint = NearestName.find(name, among: known)
        return UsageFault(
            "There is no \(kind) '\(name)'"
                + (hint.map { "; did you mean '\($0)'?" }
                    ?? "; known are \(known.joined(separator: ", "))."))
    }
}
