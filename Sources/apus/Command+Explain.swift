// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import JSON
import Simulation

extension Command {
    static let explain = Command(
        name: "explain",
        summary: "tells what became of a request, on whichever node it was",
        help: """
            usage: apus explain REQUEST-ID [--json] [--admin HOST:PORT] [--key-file FILE]

            Asks all nodes what their access logs said of a request lately. REQUEST-ID is what
            the answer had in x-request-id. A request is known about a second after its end, and
            until its node has written 8 MiB of others. Nodes with 'access_log: off' know nothing.

              --json               prints what the admin port answers
            \(AdminCall.help)
            """,
        run: { words in
            let arguments = try Arguments(words, options: AdminCall.options, flags: ["--json"])
            try arguments.allowOperands(1)
            guard let request = arguments.operands.first else {
                throw UsageFault("The id of a request is missing.")
            }
            let call = try AdminCall(arguments)
            let tree = try call.get("/admin/v1/explain?request=\(escaped(request))")
            if arguments.has("--json") {
                var json = JSONWriter()
                json.tree(tree)
                Console.say(json.finish().string)
            } else {
                ExplanationText(tree).lines.forEach { Console.say($0) }
            }
            let isKnown = (tree["nodes"]?.elements ?? []).contains {
                !($0["records"]?.elements ?? []).isEmpty
            }
            return isKnown ? .fine : .badInput
        })
}
