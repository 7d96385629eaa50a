// SPDX-License-Identifier: Apache-2.0
import Core
import Simulation

/// The members of a cluster as lines for a person.
struct MemberTable {
    let lines: [String]

    init(_ tree: JSONTree) {
        let own = tree["self"]?.string?.string ?? ""
        var rows = [
            ["", "NAME", "STATE", "ADDRESS", "REGION", "ZONE", "RTT", "HEALTH", "SINCE", "KNOWN"]
        ]
        let home = Self.text(tree["regions"]?.elements.first?["name"])
        var notes: [String] = []
        for member in tree["members"]?.elements ?? [] {
            let name = Self.text(member["name"])
            // The first region is the node's own; another one may have a node of its name.
            let isNear = Self.text(member["region"]) == home
            rows.append(Self.row(member, isSelf: name == own && isNear, isNear: isNear))
            for accusation in member["accusations"]?.elements ?? [] {
                notes.append("  \(name): \(Self.text(accusation))")
            }
        }
        var lines = Self.aligned(rows)
        if !notes.isEmpty { lines += ["accused:"] + notes }
        lines += Self.regions(tree)
        if tree["isolated"]?.bool == true { lines.append("most other nodes are out of reach") }
        if tree["degraded"]?.bool == true { lines.append("this node judges itself slow") }
        self.lines = lines
    }

    /// The other regions; nothing where there are none.
    private static func regions(_ tree: JSONTree) -> [String] {
        let regions = tree["regions"]?.elements ?? []
        guard regions.count > 1 else { return [] }
        let rows = regions.map { region in
            let bridges = (region["bridges"]?.elements ?? []).map { text($0) }
            let isReachable = region["reachable"]?.bool == true
            return [
                text(region["name"]), isReachable ? "reachable" : "out of reach",
                "\(region["alive"]?.int ?? 0)", "\(region["suspect"]?.int ?? 0)",
                "\(region["draining"]?.int ?? 0)", bridges.joined(separator: " "),
            ]
        }
        return [""]
            + aligned([["REGION", "STATE", "ALIVE", "SUSPECT", "DRAINING", "BRIDGES"]] + rows)
            + regions.compactMap { silence($0) }
    }

    /// Why the members of a region are not listed as they are now.
    private static func silence(_ region: JSONTree) -> String? {
        guard let error = region["error"]?.string?.string else { return nil }
        let known = region["as_of_ms"]?.int.map { "its members are those of \(since($0)) ago" }
        return "\(text(region["name"])) does not answer (\(error)); "
            + (known ?? "nothing is known of its members")
    }

    private static func row(_ member: JSONTree, isSelf: Bool, isNear: Bool) -> [String] {
        let state = text(member["state"])
        let isDraining = member["draining"]?.bool == true && state == "alive"
        let trip = member["rtt_us"]?.int.map { "\($0) us" } ?? "-"
        return [
            isSelf ? "*" : "", text(member["name"]),
            state + (isDraining ? ", draining" : "")
                + (member["bridge"]?.bool == true ? ", bridge" : ""),
            text(member["address"]), text(member["region"]), text(member["zone"]), trip,
            "\(member["local_health"]?.int ?? 0)", since(member["since_ms"]?.int ?? 0),
            isNear ? "" : "\(since(member["as_of_ms"]?.int ?? 0)) ago",
        ]
    }

    private static func text(_ accusation: JSONTree) -> String {
        let number = { (name: StaticString) in accusation[name]?.int ?? 0 }
        return "by \(text(accusation["by"])): no answer in \(number("wait_ms")) ms, "
            + "\(number("nacks")) of \(number("helpers")) helpers got none either, "
            + "its own health \(number("local_health"))"
    }

    private static func text(_ tree: JSONTree?) -> String {
        let text = tree?.string?.string ?? ""
        return text.isEmpty ? "-" : text
    }

    static func since(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }

    static func aligned(_ rows: [[String]]) -> [String] {
        var widths = Array(repeating: 0, count: rows[0].count)
        for row in rows {
            for (column, text) in row.enumerated() {
                widths[column] = max(widths[column], text.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                line += text + String(repeating: " ", count: widths[column] - text.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
