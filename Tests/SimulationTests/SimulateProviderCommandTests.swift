// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor
import Testing

@testable import Simulation

@Suite struct SimulateProviderCommandTests {
    @Test("options become the script")
    func options() throws {
        let options = try SimulateProviderCommand.parse([
            "--listen", "127.0.0.1:0", "--ttft-ms=20", "--token-ms", "5", "--tokens", "7",
            "--fail", "0.25", "--status", "429", "--retry-after", "1.5", "--dialect", "openai",
        ])
        #expect(options.listen?.description == "127.0.0.1:0")
        #expect(options.script.firstToken == .milliseconds(20))
        #expect(options.script.perToken == .milliseconds(5))
        #expect(options.script.tokens == 7)
        #expect(options.script.failRate == 0.25)
        #expect(options.script.status == 429)
        #expect(options.script.retryAfter == .milliseconds(1500))
    }

    @Test(
        "a wrong call is told what is wrong",
        arguments: [
            (["--listen"], "--listen needs a value."),
            (["--listen", "nowhere"], "--listen needs HOST:PORT"),
            (["--tokens", "x"], "--tokens needs a whole number from 1"),
            (["--dialect", "nonesuch"], "'nonesuch' is not simulated; choose openai, anthropic"),
            (["--static=1", "--tokens", "1"], "--static takes no value"),
            (["extra"], "Unexpected argument 'extra'."), (["--odd"], "Unknown option '--odd'."),
        ])
    func wrongCall(arguments: [String], part: String) throws {
        let fault = try #require(throws: UsageFault.self) {
            try SimulateProviderCommand.parse(arguments)
        }
        #expect(fault.message.contains(part))
    }

    @Test("wrong usage exits with 2, a missing script with 1")
    func exitCodes() {
        #expect(SimulateProviderCommand.run([]) == 2)
        #expect(SimulateProviderCommand.run(["--odd"]) == 2)
        #expect(SimulateProviderCommand.run(["--script", "/nonesuch"]) == 1)
    }
}
