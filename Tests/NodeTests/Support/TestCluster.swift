// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Foundation
import Gateway
import Reactor
import Testing

@testable import Node

/// Nodes of one cluster in this process; the first one, and the first one of a region, are seeds.
final class TestCluster {
    private(set) var nodes: [(name: String, node: NodeThread, events: EventLog)] = []
    private let folder: TestFolder
    private let key = String(repeating: "7b", count: 32)

    private let writesAccessLogs: Bool
    private let regions: [String: String]
    private let moreSeeds: [String]

    /// Nodes that `regions` does not name are in the region `here`.
    init(
        _ names: [String], regions: [String: String] = [:], moreSeeds: [String] = [],
        writesAccessLogs: Bool = false
    ) throws {
        self.regions = regions
        self.moreSeeds = moreSeeds
        folder = try TestFolder()
        self.writesAccessLogs = writesAccessLogs
        for name in names { try start(name) }
    }

    /// The cluster ports of the first node and of the first one of a region.
    private func seeds(for region: String) -> [String] {
        var found: [String] = []
        for (index, node) in nodes.enumerated()
        where index == 0 || regions[node.name, default: "here"] == region {
            for case .cluster(.opened(_, let bound, _)) in node.events.all { found.append(bound) }
            if index > 0 { break }
        }
        return found
    }

    private func start(_ name: String) throws {
        let path = folder.path("\(name).yaml")
        let seeds = (moreSeeds + seeds(for: regions[name, default: "here"])).map { "\"\($0)\"" }
        try folder.write(
            "\(name).yaml",
            """
            listen: { api: "127.0.0.1:0", admin: "127.0.0.1:0", cluster: "127.0.0.1:0" }
            node: { name: \(name), region: \(regions[name] ?? "here"), zone: z }
            access_log: \(writesAccessLogs ? folder.path("\(name).log") : "off")
            auth: none
            timeouts: { drain: 1s }
            cluster: { keys: ["\(key)"], join: [\(seeds.joined(separator: ", "))] }
            providers: [{ name: none, kind: openai, keys: [x] }]
            """)
        let source = ConfigSource(path: path, surroundings: Surroundings(variables: [:]))
        var plan = NodePlan(try source.load(), source: source, loops: 1)
        let events = EventLog()
        plan.onEvent = { events.note($0) }
        nodes.append((name, try NodeThread(plan), events))
    }

    func admin(_ method: String, _ path: String, at index: Int = 0) -> Answer {
        let (_, node, events) = nodes[index]
        return Caller.call(
            method, path, at: node.adminAddress,
            headers: ["authorization: Bearer \(events.adminKey ?? "")"])
    }

    /// Names and states as a node sees them.
    func view(at index: Int) -> [String: String] {
        let members = admin("GET", "/admin/v1/members", at: index).json["members"]
        var view: [String: String] = [:]
        for member in members as? [[String: Any]] ?? [] {
            view[member["name"] as? String ?? ""] = member["state"] as? String
        }
        return view
    }

    /// What a node knows of the regions: those alive, by name, of the reachable ones.
    func regions(at index: Int) -> [String: Int] {
        let regions = admin("GET", "/admin/v1/members", at: index).json["regions"]
        var alive: [String: Int] = [:]
        for region in regions as? [[String: Any]] ?? []
        where region["reachable"] as? Bool == true {
            alive[region["name"] as? String ?? ""] = region["alive"] as? Int
        }
        return alive
    }

    func awaitAll() -> Bool {
        let expected = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, "alive") })
        return eventually { nodes.indices.allSatisfy { view(at: $0) == expected } }
    }

    private var stopped: Set<Int> = []

    /// Stops one node; the others go on.
    func stop(_ index: Int) {
        guard stopped.insert(index).inserted else { return }
        nodes[index].node.stop()
    }

    func stop() { nodes.indices.forEach { stop($0) } }
}
