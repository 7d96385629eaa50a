// SPDX-License-Identifier: Apache-2.0
import Core
import Simulation

/// What the nodes of a cluster say about themselves, as lines for a person.
struct NodeTable {
    let lines: [String]

    init(_ tree: JSONTree) {
        var rows = [
            ["NAME", "REGION", "STATE", "VERSION", "UP", "CONNECTIONS", "EXCHANGES", "CONFIG"]
        ]
        for node in tree["nodes"]?.elements ?? [] {
            let name = node["name"]?.string?.string ?? "-"
            let region = node["region"]?.string?.string ?? ""
            if let error = node["error"]?.string?.string {
                rows.append([name, region, error, "", "", "", "", ""])
                continue
            }
            let number = { (key: StaticString) in "\(node[key]?.int ?? 0)" }
            rows.append([
                name, region, node["state"]?.string?.string ?? "",
                node["version"]?.string?.string ?? "",
                MemberTable.since(node["uptime_ms"]?.int ?? 0), number("connections"),
                number("exchanges"), number("generation"),
            ])
        }
        lines = MemberTable.aligned(rows)
    }
}
