// SPDX-License-Identifier: Apache-2.0
import Config
import Foundation
import Node
import Reactor
import Simulation
import Testing

/// Changes of the configuration while a node serves.
@Suite struct ReloadTests {
    private static let second =
        "  - { name: extra, targets: [{ provider: sim, model: two }] }"

    private func models(_ test: TestNode) -> [String] {
        let list = Caller.call("GET", "/v1/models", at: test.node.apiAddress).json["data"]
        return (list as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    @Test("a reload is in use when it is answered, and streams under way go on")
    func reloads() throws {
        let upstream = try HandUpstream()
        let test = try TestNode(before: upstream, loops: 2)
        defer { test.stop() }
        let stream = test.requestStream()
        let answer = try #require(upstream.accept())
        answer.send(HandUpstream.streamHead + HandUpstream.event("one"))
        #expect(stream.read(until: "one") != nil)
        try test.folder.write(
            "apus.yaml", TestNode.configuration(test.provider, Self.second))
        let reload = test.admin("POST", "/admin/v1/reload")
        #expect(reload.status == 200)
        #expect((reload.json["generation"] as? Int ?? 0) >= 2)
        #expect(eventually { models(test) == ["demo", "extra"] })
        #expect(test.ask().status == 200)
        answer.send(HandUpstream.event("two") + HandUpstream.streamEnd)
        #expect(stream.read(until: "two") != nil)
        #expect(stream.read(until: "data: [DONE]\n\n") != nil)
        #expect(stream.read(until: "0\r\n\r\n") != nil)
    }

    @Test("a bad file is refused with every finding, and the last good one stays")
    func keepsLastGood() throws {
        let test = try TestNode()
        defer { test.stop() }
        try test.folder.write("apus.yaml", "listen: { apis: \"127.0.0.1:0\" }\nprovidrs: []\n")
        let answer = test.admin("POST", "/admin/v1/reload")
        #expect(answer.status == 422)
        #expect(answer.code == "invalid_configuration")
        #expect(answer.json["generation"] as? Int == 1)
        let findings = (answer.json["error"] as? [String: Any])?["findings"] as? [[String: Any]]
        #expect(findings?.count == 3, "\(answer.body)")
        #expect(findings?.compactMap { $0["line"] as? Int } == [1, 1, 2])
        #expect(test.ask().status == 200)
        #expect(models(test) == ["demo"])
        // Repaired, it is taken again.
        try test.folder.write(
            "apus.yaml", TestNode.configuration(test.provider, Self.second))
        #expect(test.admin("POST", "/admin/v1/reload").status == 200)
    }

    @Test("the admin key that was made at start survives reloads")
    func keyStays() throws {
        let test = try TestNode()
        defer { test.stop() }
        #expect(test.admin("POST", "/admin/v1/reload").status == 200)
        #expect(test.admin("GET", "/admin/v1/status").status == 200)
    }

    @Test("addresses change at a restart only, and the answer says so")
    func restartNotes() throws {
        let test = try TestNode()
        defer { test.stop() }
        let changed = TestNode.configuration(test.provider)
            .replacingOccurrences(of: "api: \"127.0.0.1:0\"", with: "api: \"127.0.0.1:1\"")
        try test.folder.write("apus.yaml", changed)
        let answer = test.admin("POST", "/admin/v1/reload")
        #expect(answer.status == 200)
        let waiting = answer.json["waiting_for_restart"] as? [String]
        #expect(waiting?.count == 1 && waiting?.first?.contains("listen.api") == true)
        #expect(test.ask().status == 200)
    }

    @Test("a hangup reloads")
    func hangup() throws {
        let test = try TestNode()
        defer { test.stop() }
        test.node.perform { $0.onSignal(.hangup) }
        #expect(eventually { test.events.reloads.count == 1 })
    }

    // MARK: - Changed files

    @Test("a file renamed over the old one is noticed")
    func replaced() throws {
        let test = try TestNode()
        defer { test.stop() }
        try test.folder.replace(
            "apus.yaml", TestNode.configuration(test.provider, Self.second))
        #expect(eventually { models(test) == ["demo", "extra"] })
        #expect(test.events.reloads == [.fileChange])
    }

    @Test("a file written in place is noticed")
    func written() throws {
        let test = try TestNode()
        defer { test.stop() }
        try test.folder.write(
            "apus.yaml", TestNode.configuration(test.provider, Self.second))
        #expect(eventually { models(test) == ["demo", "extra"] })
    }

    @Test("a bad file is told once, however often it is written again")
    func toldOnce() throws {
        let test = try TestNode()
        defer { test.stop() }
        // Renamed, not written: a writer may be kept waiting between two writes.
        try test.folder.replace("apus.yaml", "nonsense: 1\n")
        #expect(eventually { test.events.refusals > 0 })
        // The same again, then a good one: when that is in use, the same was looked at.
        try test.folder.replace("apus.yaml", "nonsense: 1\n")
        try test.folder.replace(
            "apus.yaml", TestNode.configuration(test.provider, Self.second))
        #expect(eventually { models(test) == ["demo", "extra"] })
        #expect(test.events.refusals == 1)
    }

    @Test("the swap of a Kubernetes volume is noticed")
    func volumeSwap() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let folder = try TestFolder()
        let files = FileManager.default
        func publish(_ version: String, _ text: String) throws {
            try files.createDirectory(
                atPath: folder.path(version), withIntermediateDirectories: false)
            try folder.write("\(version)/apus.yaml", text)
            try files.createSymbolicLink(
                atPath: folder.path("..data_tmp"), withDestinationPath: version)
            #expect(rename(folder.path("..data_tmp"), folder.path("..data")) == 0)
        }
        try publish("..1", TestNode.configuration(provider))
        try files.createSymbolicLink(
            atPath: folder.path("apus.yaml"), withDestinationPath: "..data/apus.yaml")
        let source = ConfigSource(
            path: folder.path("apus.yaml"), surroundings: Surroundings(variables: [:]))
        let events = EventLog()
        var plan = NodePlan(try source.load(), source: source)
        plan.onEvent = { events.note($0) }
        let node = try NodeThread(plan)
        defer { node.stop() }
        for version in 2...3 {
            try publish("..\(version)", TestNode.configuration(provider) + "# \(version)\n")
            #expect(eventually { events.reloads.count == version - 1 })
        }
    }

    @Test("a change of a file that the configuration refers to is noticed")
    func secretFile() throws {
        let provider = try ProviderThread()
        defer { provider.stop() }
        let folder = try TestFolder()
        try folder.write("secret", "first-key")
        let keyed = TestNode.configuration(provider).replacingOccurrences(
            of: "/v1\" }", with: "/v1\", keys: [\"file:\(folder.path("secret"))\"] }")
        try folder.write("apus.yaml", keyed)
        let source = ConfigSource(
            path: folder.path("apus.yaml"), surroundings: Surroundings(variables: [:]))
        let events = EventLog()
        var plan = NodePlan(try source.load(), source: source)
        plan.onEvent = { events.note($0) }
        let node = try NodeThread(plan)
        defer { node.stop() }
        try folder.replace("secret", "second-key")
        #expect(eventually { events.reloads == [.fileChange] })
    }
}
