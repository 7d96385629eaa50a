// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Foundation
import Gateway
import Node
import Reactor
import Simulation
import Synchronization
import Upstreams

/// A real node in this process, on free ports, before one simulated provider.
final class TestNode: Sendable {
    let node: NodeThread
    let provider: ProviderThread
    let folder: TestFolder
    let events: EventLog

    /// Runs with a file, so that it can be changed; `keys` and more are added to it.
    init(
        _ script: ProviderScript = ProviderScript(), more: String = "", loops: Int = 1
    ) throws {
        provider = try ProviderThread(script)
        folder = try TestFolder()
        events = EventLog()
        try folder.write("apus.yaml", Self.configuration(provider, more))
        node = try Self.start(folder.path("apus.yaml"), events, loops)
    }

    /// Runs before an upstream that the test serves by hand, beside the simulated one.
    init(before upstream: HandUpstream, more: String = "", loops: Int = 1) throws {
        provider = try ProviderThread()
        folder = try TestFolder()
        events = EventLog()
        let text = Self.configuration(provider, more)
            .replacingOccurrences(of: provider.authority, with: upstream.address.description)
        try folder.write("apus.yaml", text)
        node = try Self.start(folder.path("apus.yaml"), events, loops)
    }

    private static func start(_ path: String, _ events: EventLog, _ loops: Int) throws -> NodeThread
    {
        let source = ConfigSource(path: path, surroundings: Surroundings(variables: [:]))
        var plan = NodePlan(try source.load(), source: source, loops: loops)
        plan.onEvent = { [events] in events.note($0) }
        return try NodeThread(plan)
    }

    static func configuration(_ provider: ProviderThread, _ more: String = "") -> String {
        """
        listen: { api: "127.0.0.1:0", admin: "127.0.0.1:0" }
        access_log: off
        providers:
          - { name: sim, kind: openai-compatible, base: "http://\(provider.authority)/v1" }
        models:
          - { name: demo, targets: [{ provider: sim, model: one }] }
        \(more)
        """
    }

    /// The admin key made at start.
    var adminKey: String { events.adminKey ?? "" }

    var bearer: [String] { ["authorization: Bearer \(adminKey)"] }

    func ask(_ text: String = "Hello", stream: Bool = false) -> Answer {
        Caller.call(
            "POST", "/v1/chat/completions", at: node.apiAddress, headers: Self.json,
            body: Self.chat(text, stream: stream))
    }

    func admin(_ method: String, _ path: String) -> Answer {
        Caller.call(method, path, at: node.adminAddress, headers: bearer)
    }

    static let json = ["content-type: application/json"]

    static func chat(_ text: String, model: String = "demo", stream: Bool = false) -> String {
        """
        {"model":"\(model)","stream":\(stream),"messages":[{"role":"user","content":"\(text)"}]}
        """
    }

    /// Sends a request for a streamed answer.
    func requestStream() -> Caller {
        let caller = Caller(node.apiAddress)
        caller.request(
            "POST", "/v1/chat/completions", headers: Self.json,
            body: Self.chat("Hello", stream: true))
        return caller
    }

    /// Begins a streamed answer and reads its first event.
    func beginStream() -> Caller? {
        let caller = requestStream()
        return caller.read(until: "data: ") == nil ? nil : caller
    }

    func stop() {
        node.stop()
        provider.stop()
    }
}

/// Remembers what a node has told.
final class EventLog: Sendable {
    private let events = Mutex<[NodeEvent]>([])

    func note(_ event: NodeEvent) { events.withLock { $0.append(event) } }

    var all: [NodeEvent] { events.withLock { $0 } }

    var adminKey: String? {
        for case .started(let facts) in all { return facts.newAdminKey?.reveal().string }
        return nil
    }

    /// How often a reload was refused.
    var refusals: Int {
        all.count { event in if case .reloadRefused = event { true } else { false } }
    }

    var reloads: [ReloadCause] {
        all.compactMap { event in
            if case .reloaded(_, let cause, _) = event { cause } else { nil }
        }
    }
}

/// A folder of its own that goes with its owner.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("\(NSTemporaryDirectory())/apus-node-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
    }

    /// Writes another file and renames it over the old one, as editors do.
    func replace(_ name: String, _ text: String) throws {
        try write("\(name).new", text)
        guard rename(path("\(name).new"), path(name)) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }
}
