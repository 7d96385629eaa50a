// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Node

/// Two regions in one process: a, b and c here; d and e there.
@Suite struct RegionCallTests {
    private func makeCluster(writesAccessLogs: Bool = false) throws -> TestCluster {
        let cluster = try TestCluster(
            ["a", "b", "c", "d", "e"], regions: ["d": "there", "e": "there"],
            writesAccessLogs: writesAccessLogs)
        let isKnown = eventually {
            (0..<5).allSatisfy { cluster.regions(at: $0) == ["here": 3, "there": 2] }
        }
        #expect(isKnown)
        return cluster
    }

    private func nodes(_ answer: Answer) -> [[String: Any]] {
        answer.json["nodes"] as? [[String: Any]] ?? []
    }

    @Test("any node lists the members of all regions, and says how old its knowledge is")
    func members() throws {
        let cluster = try makeCluster()
        defer { cluster.stop() }
        #expect(cluster.awaitAll())
        for (index, home) in [(0, "here"), (4, "there")] {
            let report = cluster.admin("GET", "/admin/v1/members", at: index).json
            let rows = report["members"] as? [[String: Any]] ?? []
            for row in rows {
                let name = row["name"] as? String ?? ""
                let region = row["region"] as? String
                #expect(region == (name < "d" ? "here" : "there"))
                let age = row["as_of_ms"] as? Int ?? -1
                #expect(region == home ? age == 0 : (0..<60_000).contains(age))
                #expect((row["address"] as? String ?? "").hasPrefix("127.0.0.1:"))
            }
            let regions = report["regions"] as? [[String: Any]] ?? []
            #expect(regions.map { $0["as_of_ms"] is Int } == [false, true])
        }
    }

    @Test("any node tells the state of the nodes of all regions")
    func statuses() throws {
        let cluster = try makeCluster()
        defer { cluster.stop() }
        for index in [0, 2, 3] {
            let rows = nodes(cluster.admin("GET", "/admin/v1/cluster", at: index))
            #expect(rows.map { $0["name"] as? String } == ["a", "b", "c", "d", "e"])
            #expect(rows.allSatisfy { $0["state"] as? String == "serving" }, "\(rows)")
            let regions = rows.map { $0["region"] as? String }
            #expect(regions == ["here", "here", "here", "there", "there"])
        }
    }

    @Test("any node tells what became of a request that a node of another region took")
    func explain() throws {
        let cluster = try makeCluster(writesAccessLogs: true)
        defer { cluster.stop() }
        let refused = Caller.call(
            "POST", "/v1/chat/completions", at: cluster.nodes[4].node.apiAddress,
            headers: ["content-type: application/json", "x-request-id: far-7"],
            body: #"{"model":"none-such","messages":[]}"#)
        #expect(refused.status >= 400)
        let isTold = eventually {
            let rows = nodes(cluster.admin("GET", "/admin/v1/explain?request=far-7", at: 1))
            let counts = rows.map { ($0["records"] as? [Any])?.count ?? -1 }
            return counts == [0, 0, 0, 0, 1]
        }
        #expect(isTold)
    }

    @Test("a node of another region drains by its name, and by its region and name")
    func drain() throws {
        let cluster = try makeCluster()
        defer { cluster.stop() }
        #expect(cluster.admin("POST", "/admin/v1/drain?node=zz", at: 1).code == "unknown_member")
        #expect(
            cluster.admin("POST", "/admin/v1/drain?node=there/b", at: 1).code == "unknown_member")
        #expect(
            cluster.admin("POST", "/admin/v1/drain?node=nowhere/b", at: 1).code
                == "unknown_member")
        let answer = cluster.admin("POST", "/admin/v1/drain?node=d", at: 1)
        #expect(answer.status == 202)
        #expect((answer.json["patience_ms"] as? Int ?? 0) > 0)
        #expect(eventually { cluster.view(at: 4)["d"] == "left" })
        #expect(eventually { cluster.view(at: 0)["d"] == "left" })
        #expect(
            cluster.admin("POST", "/admin/v1/drain?node=there/d", at: 1).code
                == "member_unreachable")
        #expect(cluster.admin("POST", "/admin/v1/drain?node=here/c", at: 4).status == 202)
        #expect(eventually { cluster.view(at: 0)["c"] == "left" })
    }

    @Test("the only node of a region that is up serves, knows that it is alone, and is its bridge")
    func lone() throws {
        // Nobody listens on port 1: the fellows of all these nodes are down.
        let cluster = try TestCluster(
            ["a", "d"], regions: ["d": "there"], moreSeeds: (1...3).map { "127.0.0.\($0):1" })
        defer { cluster.stop() }
        #expect(eventually { cluster.regions(at: 0) == ["here": 1, "there": 1] })
        #expect(eventually { cluster.regions(at: 1) == ["here": 1, "there": 1] })
        let node = cluster.nodes[1].node
        #expect(Caller.call("GET", "/readyz", at: node.adminAddress).status == 200)
        #expect(Caller.call("GET", "/readyz", at: node.apiAddress).status == 200)
        let report = cluster.admin("GET", "/admin/v1/members", at: 1).json
        #expect(report["state"] as? String == "joining")
        #expect(report["isolated"] as? Bool == true)
        let rows = nodes(cluster.admin("GET", "/admin/v1/cluster", at: 1))
        #expect(rows.compactMap { $0["name"] as? String } == ["a", "d"])
    }

    @Test(
        "a region that is gone is said to be out of reach; what it last said is shown with its age")
    func outOfReach() throws {
        let cluster = try makeCluster()
        defer { cluster.stop() }
        #expect(cluster.awaitAll())
        cluster.stop(3)
        cluster.stop(4)
        #expect(eventually { cluster.regions(at: 1)["there"] == nil })
        let rows = nodes(cluster.admin("GET", "/admin/v1/cluster", at: 1))
        #expect(rows.count == 4)
        #expect(rows.last?["name"] is NSNull)
        #expect(rows.last?["region"] as? String == "there")
        #expect(rows.last?["error"] as? String == "region_unreachable")
        let fault = cluster.admin("POST", "/admin/v1/drain?node=zz", at: 1)
        #expect(fault.status == 502)
        #expect(fault.code == "region_unreachable")
        let far = cluster.admin("POST", "/admin/v1/drain?node=there/e", at: 1)
        #expect(far.code == "region_unreachable")
        let report = cluster.admin("GET", "/admin/v1/members", at: 1).json
        let members = report["members"] as? [[String: Any]] ?? []
        let ages = members.filter { $0["region"] as? String == "there" }
            .map { $0["as_of_ms"] as? Int ?? 0 }
        #expect(ages.count == 2 && ages.allSatisfy { $0 > 0 })
        let regions = report["regions"] as? [[String: Any]] ?? []
        #expect(regions.last?["error"] as? String == "region_unreachable")
    }
}
