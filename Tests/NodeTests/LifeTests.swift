// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Gateway
import Reactor
import Simulation
import Testing
import Upstreams

@testable import Node

/// From start to end: what callers see of a node that comes, drains and goes.
@Suite struct LifeTests {
    private static func stalling(after events: Int) -> ProviderScript {
        var script = ProviderScript()
        script.behaviour = .stallMidStream
        script.after = events
        return script
    }

    @Test("a node answers through its provider")
    func answers() throws {
        let test = try TestNode(loops: 2)
        defer { test.stop() }
        let answer = test.ask("Are you there?")
        #expect(answer.status == 200)
        #expect(answer.body.contains("Are you there?"))
        #expect(Caller.call("GET", "/readyz", at: test.node.apiAddress).status == 200)
    }

    @Test("without any provider the simulated one answers, under every name")
    func simulated() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let loaded = try EnvironmentConfiguration(
            surroundings: Surroundings(variables: [:]),
            overrides: ListenOverrides(api: "127.0.0.1:0", admin: "127.0.0.1:0")
        ).load()
        let events = EventLog()
        var plan = NodePlan(loaded)
        plan.configuration.snapshot.accessLog = .off
        let port = provider.address.port
        plan.simulatedProvider = { () throws(NodeFault) in
            Origin(scheme: .http, host: "127.0.0.1", port: port)
        }
        plan.onEvent = { events.note($0) }
        let node = try NodeThread(plan)
        defer { node.stop() }
        guard case .started(let facts)? = events.all.first else {
            Issue.record("no start was told")
            return
        }
        #expect(facts.isSimulated && !facts.needsKey && facts.providers == ["simulated"])
        let model = try #require(facts.sampleModel)
        for name in [model, "gpt-4o-mini", "anything"] {
            let answer = Caller.call(
                "POST", "/v1/chat/completions", at: node.apiAddress, headers: TestNode.json,
                body: TestNode.chat("Hello", model: name))
            #expect(answer.status == 200, "\(name): \(answer.body)")
        }
    }

    @Test("a drain finishes the stream under way, takes nothing new, then ends")
    func drains() throws {
        let upstream = try HandUpstream()
        let test = try TestNode(before: upstream)
        defer { test.provider.stop() }
        let stream = test.requestStream()
        let answer = try #require(upstream.accept())
        answer.send(HandUpstream.streamHead + HandUpstream.event("one"))
        #expect(stream.read(until: "one") != nil)
        test.node.drain()
        #expect(eventually { test.admin("GET", "/readyz").status == 503 })
        #expect(eventually { test.ask("late").body.contains("draining") })
        #expect(test.admin("GET", "/livez").status == 200)
        answer.send(HandUpstream.event("two") + HandUpstream.streamEnd)
        #expect(stream.read(until: "two") != nil)
        #expect(stream.read(until: "data: [DONE]\n\n") != nil)
        #expect(stream.read(until: "0\r\n\r\n") != nil, "the stream was not ended properly")
        test.node.join()
        guard case .stopped? = test.events.all.last else {
            Issue.record("the node did not tell its end: \(test.events.all)")
            return
        }
    }

    @Test("an idle connection does not hold up a drain")
    func idleConnections() throws {
        let test = try TestNode()
        defer { test.provider.stop() }
        let caller = Caller(test.node.apiAddress)
        caller.request("GET", "/livez")
        #expect(caller.answer()?.status == 200)
        test.node.drain()
        #expect(caller.isEnded())
        test.node.join()
    }

    @Test("when the time is up a stream ends with an error event and without its last chunk")
    func expires() throws {
        let test = try TestNode(
            Self.stalling(after: 2), more: "timeouts: { drain: 100ms }")
        defer { test.provider.stop() }
        let stream = try #require(test.beginStream())
        test.node.drain()
        let rest = stream.readToEnd()
        test.node.join()
        #expect(rest.contains("\"draining\""), "no error event: \(rest)")
        #expect(!rest.contains("[DONE]"))
        #expect(!rest.hasSuffix("0\r\n\r\n"), "a broken answer looks whole")
    }

    @Test("a second signal does not wait for what is under way")
    func secondSignal() throws {
        let test = try TestNode(Self.stalling(after: 2))
        defer { test.provider.stop() }
        let stream = try #require(test.beginStream())
        test.node.perform { $0.onSignal(.interrupt) }
        #expect(eventually { test.admin("GET", "/readyz").status == 503 })
        test.node.perform { $0.onSignal(.interrupt) }
        test.node.join()
        #expect(!stream.readToEnd().contains("[DONE]"))
    }

    @Test("a worker that is stuck cannot keep the node from ending")
    func stuckWorker() throws {
        let test = try TestNode(loops: 2)
        defer { test.provider.stop() }
        let release = ThreadSignal()
        test.node.perform { node in node.workers.workers[1].perform { _ in release.wait() } }
        test.node.stop()
        release.raise()
        let isTold = test.events.all.contains { event in
            if case .stuck(workers: 1) = event { true } else { false }
        }
        #expect(isTold)
    }

    @Test("an address in use is told in one line that names the option", arguments: [true, false])
    func addressInUse(isAdmin: Bool) throws {
        let first = try TestNode()
        defer { first.stop() }
        let taken = isAdmin ? first.node.adminAddress : first.node.apiAddress
        let overrides = ListenOverrides(
            api: isAdmin ? "127.0.0.1:0" : taken.description,
            admin: isAdmin ? taken.description : "127.0.0.1:0")
        let loaded = try EnvironmentConfiguration(
            surroundings: Surroundings(variables: [:]), overrides: overrides
        ).load()
        let fault = #expect(throws: NodeFault.self) { _ = try NodeThread(NodePlan(loaded)) }
        let text = "\(fault?.description ?? "")"
        #expect(text.contains("\(taken) is in use"))
        #expect(text.contains(isAdmin ? "--admin" : "--listen"))
        #expect(!text.contains("\n"))
        // The first one is not disturbed.
        #expect(first.ask().status == 200)
    }

    @Test("an access log that cannot be opened keeps the node from starting")
    func badLog() throws {
        let folder = try TestFolder()
        var loaded = try EnvironmentConfiguration(
            surroundings: Surroundings(variables: [:]),
            overrides: ListenOverrides(api: "127.0.0.1:0", admin: "127.0.0.1:0")
        ).load()
        loaded.snapshot.accessLog = .file(folder.path("no/such/folder"))
        let fault = #expect(throws: NodeFault.self) { _ = try NodeThread(NodePlan(loaded)) }
        #expect(fault?.description.contains("access_log") == true)
    }
}
