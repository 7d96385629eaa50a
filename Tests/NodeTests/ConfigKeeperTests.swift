// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Foundation
import Gateway
import Reactor
import Testing

@testable import Node

/// The actor that keeps the configuration, asked from outside of its loop.
@Suite struct ConfigKeeperTests {
    private static let good = "providers: [{ name: a, kind: ollama }]\n"
    private static let bad = "nonsense: 1\n"

    /// What a look at the file came to.
    enum Outcome: Equatable {
        case unchanged
        case replaced(UInt64)
        case kept

        init(_ outcome: ConfigKeeper.Outcome) {
            switch outcome {
            case .unchanged: self = .unchanged
            case .replaced(let loaded, _, _): self = .replaced(loaded.values.generation)
            case .kept: self = .kept
            }
        }
    }

    /// A keeper on a loop of its own, before a file.
    private final class Fixture {
        let folder: TestFolder
        let keeper: ConfigKeeper
        private let thread: LoopThread
        private let inbox: LoopInbox
        private let end: @Sendable () -> Void

        // Sendable: used on the loop only, once the thread runs.
        private struct Carrier: @unchecked Sendable {
            let loop: EventLoop
        }

        init(_ text: String) throws {
            folder = try TestFolder()
            try folder.write("apus.yaml", text)
            let source = ConfigSource(
                path: folder.path("apus.yaml"), surroundings: Surroundings(variables: [:]))
            let plan = NodePlan(try source.load(), source: source)
            let carrier = Carrier(loop: EventLoop())
            keeper = try ConfigKeeper(
                plan, generatedAdminKey: FreshKey.admin(), executor: carrier.loop.executor)
            thread = LoopThread(name: "keeper") { carrier.loop.run() }
            inbox = carrier.loop.inbox
            end = { carrier.loop.stop() }
        }

        func look() async -> Outcome { Outcome(await keeper.reloadIfChanged()) }

        func stop() {
            inbox.post(end)
            thread.join()
        }
    }

    @Test("files are loaded when what they hold has changed, and not otherwise")
    func changes() async throws {
        let test = try Fixture(Self.good)
        defer { test.stop() }
        let steps: [(String, Outcome)] = [
            (Self.good, .unchanged), (Self.good + "# more\n", .replaced(2)),
            (Self.good + "# more\n", .unchanged), (Self.bad, .kept), (Self.bad, .unchanged),
            (Self.good + "# more\n", .replaced(3)),
        ]
        for (text, outcome) in steps {
            try test.folder.replace("apus.yaml", text)
            #expect(await test.look() == outcome, "\(text)")
        }
    }

    @Test("a reload that is asked for happens, changed or not")
    func asked() async throws {
        let test = try Fixture(Self.good)
        defer { test.stop() }
        #expect(Outcome(await test.keeper.reload()) == .replaced(2))
        #expect(Outcome(await test.keeper.reload()) == .replaced(3))
    }

    @Test("a file that has gone is a finding, and not a configuration")
    func gone() async throws {
        let test = try Fixture(Self.good)
        defer { test.stop() }
        #expect(rename(test.folder.path("apus.yaml"), test.folder.path("away")) == 0)
        #expect(await test.look() == .kept)
        #expect(await test.look() == .unchanged)
        #expect(rename(test.folder.path("away"), test.folder.path("apus.yaml")) == 0)
        #expect(await test.look() == .replaced(2))
    }

    @Test("a file that was missed is found when it comes, and its lack is told once")
    func missedFile() async throws {
        let test = try Fixture(Self.good)
        defer { test.stop() }
        let secret = test.folder.path("secret")
        try test.folder.replace(
            "apus.yaml", "providers: [{ name: a, kind: openai, keys: [\"file:\(secret)\"] }]\n")
        #expect(await test.look() == .kept)
        #expect(await test.look() == .unchanged)
        try test.folder.write("secret", "sk-1")
        #expect(await test.look() == .replaced(2))
        #expect(await test.look() == .unchanged)
    }

    @Test("a certificate that cannot be read keeps the node from starting")
    func badCertificate() throws {
        let folder = try TestFolder()
        let parts = ["CERTIFICATE", "PRIVATE KEY"].map { name in
            "-----BEGIN \(name)-----\nAAAA\n-----END \(name)-----\n"
        }
        try folder.write("tls.pem", parts.joined())
        let path = folder.path("tls.pem")
        let fault = #expect(throws: NodeFault.self) {
            _ = try Fixture(
                "listen: { tls: { certificate: \"\(path)\", key: \"\(path)\" } }\n\(Self.good)")
        }
        #expect(fault?.description.contains("listen.tls") == true, "\(String(describing: fault))")
    }
}
