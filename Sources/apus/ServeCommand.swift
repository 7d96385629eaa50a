// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Node
import Reactor
import Simulation
import Telemetry
import Upstreams

extension Command {
    static let serve = Command(
        name: "serve",
        summary: "runs a node",
        help: """
            usage: apus serve [--config FILE] [--listen HOST:PORT] [--admin HOST:PORT] [--loops N]

            Runs a gateway node until it is told to stop.

              --config FILE        the configuration, in YAML; without it providers come from
                                   OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY,
                                   OLLAMA_HOST and the like, or one is simulated
              --listen HOST:PORT   where clients call (127.0.0.1:8080); port 0 takes a free one
              --admin HOST:PORT    where operators call (127.0.0.1:8081)
              --loops N            worker threads (one per processor)
              -h, --help           this text

            SIGTERM or SIGINT drains: answers under way are finished. A second one stops at
            once. SIGHUP reads the configuration again, as does a change of its files.
            """,
        run: { arguments in
            try ServeCommand(Arguments(arguments, options: ServeCommand.options)).run()
        })
}

/// `apus serve`: arguments become a plan, the plan a node, signals its end.
struct ServeCommand {
    static let options = ["--config", "--listen", "--admin", "--loops"]

    private let path: String?
    private let overrides: ListenOverrides
    private let loops: Int

    init(_ arguments: Arguments) throws(UsageFault) {
        try arguments.allowOperands(0)
        path = arguments["--config"]
        overrides = ListenOverrides(api: arguments["--listen"], admin: arguments["--admin"])
        loops =
            try arguments.int("--loops", 1...LoopCount.maximum) ?? LoopCount.standard
    }

    func run() throws -> ExitCode {
        // Before any thread is made, or signals would end the process instead of draining it.
        SignalSource.blockInThisThread()
        let limit = ProcessResources.raiseDescriptorLimit()
        var plan = try plan()
        plan.descriptorLimit = limit
        // A file means operation, and operation means a log for machines.
        plan.onEvent = path == nil ? Self.show : Self.log
        let loop = EventLoop()
        let node = try GatewayNode(plan, loop: loop)
        let signals = SignalSource(loop: loop) { node.onSignal($0) }
        node.run()
        withExtendedLifetime(signals) {}
        return node.stuckWorkers == 0 ? .fine : .internalFault
    }

    private static let show: @Sendable (NodeEvent) -> Void = { event in
        for line in event.lines { Console.complain(line) }
    }

    private static let log: @Sendable (NodeEvent) -> Void = { event in
        event.write(to: .standardError)
    }

    private func plan() throws -> NodePlan {
        let surroundings = Surroundings.ofProcess()
        let source = path.map {
            ConfigSource(path: $0, surroundings: surroundings, overrides: overrides)
        }
        let loaded =
            try source?.load()
            ?? EnvironmentConfiguration(surroundings: surroundings, overrides: overrides).load()
        var plan = NodePlan(loaded, source: source, loops: loops)
        plan.simulatedProvider = { () throws(NodeFault) in try Self.startProvider() }
        return plan
    }

    /// The provider that answers when none is configured: on this machine, on a free port.
    private static func startProvider() throws(NodeFault) -> Origin {
        var script = ProviderScript()
        script.firstToken = .milliseconds(60)
        script.perToken = .milliseconds(12)
        do throws(ListenFault) {
            // Its thread lives as long as the process.
            let provider = try ProviderThread(script)
            return Origin(scheme: .http, host: "127.0.0.1", port: provider.address.port)
        } catch { throw NodeFault("the simulated provider cannot start: \(error)") }
    }
}
