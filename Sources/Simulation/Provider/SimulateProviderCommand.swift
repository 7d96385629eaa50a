// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Reactor

/// `apus simulate-provider`: runs one simulated provider until a signal ends it.
public enum SimulateProviderCommand {
    /// What the arguments ask for.
    struct Options {
        var listen: SocketAddress?
        var dialect = FakeProvider.Dialect.openai
        var script = ProviderScript()
        var wantsHelp = false
    }

    static let help = """
        usage: apus simulate-provider --listen HOST:PORT [options]

        A scripted LLM provider for demos, tests and benches. It answers on the paths of
        the vendor whose dialect it speaks, as that vendor would.

          --listen HOST:PORT   an IP address or localhost; port 0 takes a free one
          --dialect NAME       openai, anthropic, gemini, ollama or cohere (openai)
          --ttft-ms N          time to the first token, in milliseconds
          --token-ms N         time between tokens, in milliseconds
          --tokens N           tokens of an answer (32)
          --fail RATE          share of requests that fail, 0 to 1 (with 500, or --status)
          --status CODE        answer with this status, 300 to 599
          --retry-after S      seconds that failing answers ask clients to wait
          --script FILE        a JSON document of script fields, as for PUT /_control
          --static             skip bodies and write one constant answer: for benches
          -h, --help           this text

        While it runs, PUT /_control changes the script, GET /_control tells what was
        received, and DELETE /_control resets the counters.
        Script fields: \(ProviderScript.fieldNames.joined(separator: ", ")).
        Behaviours: \(ProviderBehaviour.allCases.map(\.rawValue).joined(separator: ", ")).
        """

    /// Runs the command; returns its exit code: 0 fine, 1 unusable input, 2 wrong usage.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            let options = try parse(arguments)
            if options.wantsHelp {
                Console.say(help)
                return 0
            }
            guard let listen = options.listen else {
                throw UsageFault("--listen HOST:PORT is missing.")
            }
            try serve(on: listen, options)
            return 0
        } catch let fault as UsageFault {
            Console.complain("apus simulate-provider: \(fault)")
            Console.complain("Try 'apus simulate-provider --help'.")
            return 2
        } catch {
            Console.complain("apus simulate-provider: \(error)")
            return 1
        }
    }

    static func parse(_ arguments: [String]) throws -> Options {
        var options = Options()
        var reader = OptionReader(arguments)
        while let option = try reader.next() {
            switch option {
            case "--listen": options.listen = try address(&reader)
            case "--dialect": options.dialect = try dialect(&reader)
            case "--ttft-ms":
                options.script.firstToken = .milliseconds(try reader.int(0...86_400_000))
            case "--token-ms":
                options.script.perToken = .milliseconds(try reader.int(0...86_400_000))
            case "--tokens": options.script.tokens = try reader.int(1...1_000_000)
            case "--fail": options.script.failRate = try reader.double(0...1)
            case "--status": options.script.status = try reader.int(300...599)
            case "--retry-after":
                let seconds = try reader.double(0...86_400)
                options.script.retryAfter = .nanoseconds(Int64(seconds * 1e9))
            case "--script": try options.script.apply(try TextFile.read(try reader.value()))
            case "--static": options.script.behaviour = .constant
            case "-h", "--help": options.wantsHelp = true
            default: throw UsageFault("Unknown option '\(option)'.")
            }
        }
        return options
    }

    private static func address(_ reader: inout OptionReader) throws -> SocketAddress {
        let text = try reader.value()
        if let address = SocketAddress(text) { return address }
        if let place = HostPort(text), place.host == "localhost" {
            return .loopback(port: place.port)
        }
        throw UsageFault("--listen needs HOST:PORT such as 127.0.0.1:9000, not '\(text)'.")
    }

    private static func dialect(_ reader: inout OptionReader) throws -> FakeProvider.Dialect {
        let name = try reader.value()
        if let dialect = FakeProvider.Dialect(rawValue: name) { return dialect }
        let known = FakeProvider.Dialect.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageFault("The dialect '\(name)' is not simulated; choose \(known).")
    }

    private static func serve(on address: SocketAddress, _ options: Options) throws {
        SignalSource.blockInThisThread()
        _ = ProcessResources.raiseDescriptorLimit()
        let loop = EventLoop()
        let signals = SignalSource(loop: loop) { [unowned loop] signal in
            if signal != .hangup { loop.stop() }
        }
        let bound = try Listener.probe(address)
        let provider = try FakeProvider(
            loop: loop, address: bound, dialect: options.dialect, script: options.script)
        Console.say("listening on http://\(provider.address)")
        loop.run()
        provider.close()
        withExtendedLifetime(signals) {}
    }
}
