// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Reactor
import Testing

/// `apus serve` as a process: what it says, what its line of `curl` gets, how signals end it.
@Suite struct ServeTests {
    private static let free = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--loops", "1"]

    private func started(_ more: [String] = []) throws -> RunningProgram {
        let program = try RunningProgram(["serve"] + Self.free + more)
        #expect(program.hears("curl http://"), "\(program.said)")
        return program
    }

    private func address(_ said: String, after label: String) throws -> SocketAddress {
        let rest = try #require(said.range(of: label)).upperBound
        let place = said[rest...].drop { $0 == " " }.dropFirst("http://".count)
        return try #require(SocketAddress(String(place.prefix { !$0.isWhitespace })))
    }

    @Test(
        "the request that it suggests gets an answer, and a signal ends it well",
        arguments: [SIGTERM, SIGINT])
    func suggestion(signal: Int32) throws {
        let program = try started()
        let line = try #require(
            program.said.split(separator: "\n").first { $0.hasPrefix("curl ") })
        let body = try #require(line.range(of: "-d '")).upperBound
        let api = try address(program.said, after: "listens on")
        let answer = Caller.call(
            "POST", "/v1/chat/completions", at: api, headers: ["content-type: application/json"],
            body: String(line[body...].dropLast()))
        #expect(answer.status == 200, "\(answer)")
        program.signal(signal)
        #expect(program.wait() == 0)
        #expect(program.said.contains("draining"))
    }

    @Test("the admin key that it shows opens the admin port")
    func adminKey() throws {
        let program = try started()
        let key = try #require(program.said.range(of: "adm-")).lowerBound
        let text = program.said[key...].prefix { !$0.isWhitespace }
        let admin = try address(program.said, after: "admin  ")
        let answer = Caller.call(
            "GET", "/admin/v1/status", at: admin, headers: ["authorization: Bearer \(text)"])
        #expect(answer.status == 200)
        program.signal(SIGTERM)
        #expect(program.wait() == 0)
    }

    @Test("an address in use is one line and exit code 1")
    func inUse() throws {
        let program = try started()
        let api = try address(program.said, after: "listens on")
        let second = try Program.run(
            ["serve", "--listen", "\(api)", "--admin", "127.0.0.1:0", "--loops", "1"])
        #expect(second.code == 1)
        #expect(second.text.split(separator: "\n").count == 1, "\(second)")
        #expect(second.firstLine.contains("\(api) is in use"))
        program.signal(SIGTERM)
        #expect(program.wait() == 0)
    }

    @Test("with a file it speaks JSON, reloads on a hangup and keeps the last good one")
    func file() throws {
        let folder = try TestFolder()
        let text = "providers: [{ name: a, kind: ollama }]\n"
        try folder.write("apus.yaml", text)
        let program = try RunningProgram(
            ["serve", "--config", folder.path("apus.yaml")] + Self.free)
        #expect(program.hears("\"message\":\"started\""), "\(program.said)")
        #expect(program.hears("admin_key"))
        program.signal(SIGHUP)
        #expect(program.hears("\"message\":\"configuration replaced\""))
        try folder.replace("apus.yaml", "nonsense: true\n")
        #expect(program.hears("\"message\":\"configuration kept\""))
        program.signal(SIGTERM)
        #expect(program.wait() == 0)
        for line in program.said.split(separator: "\n") {
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            #expect(object is [String: Any], "\(line)")
        }
        #expect(program.said.contains("nonsense"))
    }
}
