// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Foundation
import Gateway
import Reactor
import Testing

@testable import Node

@Suite struct ClusterNodeTests {
    @Test("three nodes see each other, and any of them tells the state of all")
    func together() throws {
        let cluster = try TestCluster(["a", "b", "c"])
        defer { cluster.stop() }
        #expect(cluster.awaitAll())
        let nodes = cluster.admin("GET", "/admin/v1/cluster", at: 2).json["nodes"]
        let rows = nodes as? [[String: Any]] ?? []
        #expect(rows.map { $0["name"] as? String } == ["a", "b", "c"])
        #expect(rows.allSatisfy { $0["state"] as? String == "serving" }, "\(rows)")
        let metrics = Caller.call("GET", "/metrics", at: cluster.nodes[0].node.adminAddress).body
        #expect(metrics.contains("apus_cluster_members{state=\"alive\"} 3"))
        #expect(metrics.contains("apus_gossip_bytes_total"))
    }

    @Test("a node drains on the word of another one, says good-bye and is left at all")
    func drain() throws {
        let cluster = try TestCluster(["a", "b", "c"])
        defer { cluster.stop() }
        #expect(cluster.awaitAll())
        let unknown = cluster.admin("POST", "/admin/v1/drain?node=zz")
        #expect(unknown.status == 404)
        #expect(unknown.code == "unknown_member")
        let answer = cluster.admin("POST", "/admin/v1/drain?node=c")
        #expect(answer.status == 202)
        #expect((answer.json["patience_ms"] as? Int ?? 0) > 0)
        #expect(
            eventually { cluster.view(at: 0)["c"] == "left" && cluster.view(at: 1)["c"] == "left" })
        let late = cluster.admin("POST", "/admin/v1/drain?node=c")
        #expect(late.status == 502)
        #expect(late.code == "member_unreachable")
        let events = cluster.nodes[2].events
        #expect(eventually { events.all.flatMap(\.lines).contains("left the cluster") })
    }

    @Test("nodes of two regions are two clusters that know of each other by their bridges")
    func regions() throws {
        let cluster = try TestCluster(["a", "b", "c"], regions: ["c": "there"])
        defer { cluster.stop() }
        let isKnown = eventually {
            (0..<3).allSatisfy { cluster.regions(at: $0) == ["here": 2, "there": 1] }
        }
        #expect(isKnown)
        #expect(cluster.awaitAll())
        let areBridges = eventually {
            let members = cluster.admin("GET", "/admin/v1/members", at: 2).json
            let bridges = members["bridges"] as? [[String: Any]] ?? []
            return Set(bridges.compactMap { $0["name"] as? String })
                == ["here/a", "here/b", "there/c"]
        }
        #expect(areBridges)
    }

    @Test("any node tells what became of a request that another one took")
    func explain() throws {
        let cluster = try TestCluster(["a", "b"], writesAccessLogs: true)
        defer { cluster.stop() }
        #expect(cluster.awaitAll())
        let refused = Caller.call(
            "POST", "/v1/chat/completions", at: cluster.nodes[1].node.apiAddress,
            headers: ["content-type: application/json", "x-request-id: lost-7"],
            body: #"{"model":"none-such","messages":[]}"#)
        #expect(refused.status >= 400)
        var records: [[String: Any]] = []
        var others = -1
        #expect(
            eventually {
                let answer = cluster.admin("GET", "/admin/v1/explain?request=lost-7", at: 0)
                let nodes = answer.json["nodes"] as? [[String: Any]] ?? []
                guard nodes.map({ $0["name"] as? String }) == ["a", "b"] else { return false }
                others = (nodes[0]["records"] as? [Any])?.count ?? -1
                records = nodes[1]["records"] as? [[String: Any]] ?? []
                return !records.isEmpty
            })
        #expect(records.count == 1 && others == 0)
        #expect(records.first?["request_id"] as? String == "lost-7")
        #expect(records.first?["status"] as? Int == refused.status)
        #expect(records.first?["node"] as? String == "b")
    }

    @Test("a node without an access log says that it keeps nothing")
    func explainWithoutLog() throws {
        let cluster = try TestCluster(["a", "b"])
        defer { cluster.stop() }
        #expect(cluster.awaitAll())
        let answer = cluster.admin("GET", "/admin/v1/explain?request=x", at: 0)
        let nodes = answer.json["nodes"] as? [[String: Any]] ?? []
        #expect(nodes.count == 2)
        #expect(nodes.allSatisfy { $0["kept"] as? Bool == false })
    }

    @Test("a port that is taken is a fault that names the key of the configuration")
    func portTaken() throws {
        let cluster = try TestCluster(["a"])
        defer { cluster.stop() }
        var bound = ""
        for case .cluster(.opened(_, let address, _)) in cluster.nodes[0].events.all {
            bound = address
        }
        let folder = try TestFolder()
        try folder.write(
            "b.yaml",
            """
            listen: { api: "127.0.0.1:0", admin: "127.0.0.1:0", cluster: "\(bound)" }
            cluster: { keys: ["\(String(repeating: "00", count: 32))"] }
            providers: [{ name: none, kind: openai, keys: [x] }]
            """)
        let source = ConfigSource(
            path: folder.path("b.yaml"), surroundings: Surroundings(variables: [:]))
        let plan = NodePlan(try source.load(), source: source, loops: 1)
        #expect {
            _ = try NodeThread(plan)
        } throws: { error in
            "\(error)".contains("in use") && "\(error)".contains("'listen.cluster'")
        }
    }
}
