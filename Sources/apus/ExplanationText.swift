// SPDX-License-Identifier: Apache-2.0
import Core
import JSON
import Simulation

/// What the nodes know of a request, as lines for a person.
struct ExplanationText {
    let lines: [String]

    init(_ tree: JSONTree) {
        var lines: [String] = []
        var silent: [String] = []
        for node in tree["nodes"]?.elements ?? [] {
            let region = node["region"]?.string?.string ?? ""
            let name = node["name"]?.string?.string ?? "region \(region)"
            if let error = node["error"]?.string?.string {
                silent.append("\(name) did not say: \(error)")
            } else if node["kept"]?.bool == false {
                silent.append("\(name) keeps no access log")
            }
            for record in node["records"]?.elements ?? [] {
                lines.append("at \(name):")
                lines += Self.fields(record)
            }
        }
        if lines.isEmpty { lines = ["no node knows of it"] }
        self.lines = lines + silent
    }

    private static func fields(_ record: JSONTree) -> [String] {
        let width = record.members.map(\.name.count).max() ?? 0
        return record.members.map { member in
            let name = member.name.string
            let gap = String(repeating: " ", count: width - member.name.count + 2)
            return "  \(name)\(gap)\(text(member.value))"
        }
    }

    private static func text(_ value: JSONTree) -> String {
        if let text = value.string { return text.string }
        var json = JSONWriter()
        json.tree(value)
        return json.finish().string
    }
}
