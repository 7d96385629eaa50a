// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import JSON
import Simulation

extension Command {
    static let members = Command(
        name: "members",
        summary: "lists the members of the cluster",
        help: """
            usage: apus members [--ask] [--watch] [--json] [--admin HOST:PORT] [--key-file FILE]

            Lists the members of the cluster as a node sees them, and who accuses whom. Those of
            other regions are listed as one of their own last told, with the age of that.

              --ask                asks each of them for its state, through that node
              --watch              shows the list again every second, and each change
              --json               prints what the admin port answers
            \(AdminCall.help)
            """,
        run: { words in
            let arguments = try Arguments(
                words, options: AdminCall.options, flags: ["--ask", "--watch", "--json"])
            try arguments.allowOperands(0)
            let call = try AdminCall(arguments)
            repeat {
                let isAsking = arguments.has("--ask")
                let tree = try call.get(isAsking ? "/admin/v1/cluster" : "/admin/v1/members")
                if arguments.has("--json") {
                    var json = JSONWriter()
                    json.tree(tree)
                    Console.say(json.finish().string)
                } else {
                    let lines = isAsking ? NodeTable(tree).lines : MemberTable(tree).lines
                    lines.forEach { Console.say($0) }
                }
                if arguments.has("--watch") { Pause.make(.seconds(1)) }
            } while arguments.has("--watch")
            return .fine
        })

    static let drain = Command(
        name: "drain",
        summary: "lets a node finish its work and end",
        help: """
            usage: apus drain [NODE] [--json] [--admin HOST:PORT] [--key-file FILE]

            The node takes nothing new, finishes what is under way, and ends. NODE is the name
            of any member of the cluster, or REGION/NAME where several regions have the name;
            without it, the node that is asked drains.

              --json               prints what the admin port answers
            \(AdminCall.help)
            """,
        run: { words in
            let arguments = try Arguments(words, options: AdminCall.options, flags: ["--json"])
            try arguments.allowOperands(1)
            let call = try AdminCall(arguments)
            let name = arguments.operands.first
            let tree = try call.post(
                "/admin/v1/drain" + (name.map { "?node=\(Self.escaped($0))" } ?? ""))
            if arguments.has("--json") {
                var json = JSONWriter()
                json.tree(tree)
                Console.say(json.finish().string)
            } else {
                let patience = (tree["patience_ms"]?.int ?? 0) / 1000
                Console.say("\(name ?? "the node") drains; its work has \(patience) s to finish")
            }
            return .fine
        })

    /// A name inside a query; what no name of a node may hold is made harmless.
    static func escaped(_ name: String) -> String {
        String(
            decoding: name.utf8.map { byte in
                (0x21..<0x7F).contains(byte) && byte != UInt8(ascii: "&") ? byte : 0x5F
            }, as: UTF8.self)
    }
}
