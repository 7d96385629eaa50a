// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

@Suite struct FieldTableTests {
    private func table(_ lines: [String]) throws -> FieldTable {
        var parser = HTTP1RequestParser()
        let text = (["GET / HTTP/1.1", "Host: a"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
        guard case .head(let head) = parser.next(Bytes(text).span).event else {
            throw Unexpected()
        }
        return head.fields
    }

    private struct Unexpected: Error {}

    @Test(
        "every known field is recognised in any case, and by no near miss",
        arguments: KnownField.allCases)
    func known(field: KnownField) throws {
        guard field != .other, field != .host, field != .contentLength,
            field != .transferEncoding, field != .expect
        else { return }
        let name = "\(field.name)"
        let isHop = isHopByHop(Bytes(name).span)
        let misses = [name + "x", String(name.dropLast()) + "_", "y" + name.dropFirst()]
        let table = try table(
            misses.map { $0 + ": no" } + [name.uppercased() + ": yes", name + ": again"])
        #expect(table.contains(field))
        #expect(table.firstIndex(of: field) == 4)
        #expect(table[field] == "yes")
        #expect(table.firstIndex(of: field, from: 5) == 5)
        #expect(table.firstIndex(of: field, from: 6) == nil)
        #expect(
            (0..<6).map { table.known(at: $0) } == [.host, .other, .other, .other, field, field])
        #expect(field.isHopByHop == isHop)
    }

    @Test("host, length, coding and expectation are recognised too")
    func framingFields() throws {
        #expect(try table([]).known(at: 0) == .host)
        #expect(try table(["CONTENT-length: 0"]).known(at: 1) == .contentLength)
        #expect(try table(["Transfer-Encoding: chunked"]).known(at: 1) == .transferEncoding)
        #expect(try table(["Expect: 100-continue"]).known(at: 1) == .expect)
    }

    @Test("fields are found by lower-case name, first value first")
    func lookup() throws {
        let table = try table(["X-Tag: 1", "x-tag:", "X-TAG: 3", "Ab: c", "X: d"])
        #expect(table["x-tag"] == "1")
        #expect(table.values(of: "x-tag").map(\.string) == ["1", "", "3"])
        #expect(table["ab"] == "c")
        #expect(table["x"] == "d")
        #expect(table["x-tog"] == nil)
        #expect(table["x-taga"] == nil)
        #expect(table.values(of: "missing").isEmpty)
        #expect(table["host"] == "a")
        #expect(table[.authorization] == nil)
        #expect(
            table.map { "\($0.name)=\($0.value)" }
                == ["Host=a", "X-Tag=1", "x-tag=", "X-TAG=3", "Ab=c", "X=d"])
        #expect(table.nameSpan(at: 1).hex == "X-Tag")
        #expect(table.valueSpan(at: 3).hex == "3")
    }

    @Test("a table grows with its head, and an old head keeps its own")
    func growth() throws {
        var parser = HTTP1RequestParser()
        func bytes(_ count: Int) -> Bytes {
            Bytes(
                "GET / HTTP/1.1\r\nHost: a\r\n"
                    + (0..<count).map { "N\($0): v\($0)\r\n" }.joined() + "\r\n")
        }
        var heads: [RequestHead] = []
        for count in [3, 99, 24, 23, 1] {
            guard case .head(let head) = parser.next(bytes(count).span).event else {
                Issue.record("no head")
                return
            }
            _ = parser.next(Bytes().span)
            heads.append(head)
        }
        for (head, count) in zip(heads, [3, 99, 24, 23, 1]) {
            #expect(head.fields.count == count + 1)
            #expect(head.fields.value(at: count) == Bytes("v\(count - 1)"))
            #expect(head.bytes == bytes(count))
        }
    }

    @Test("list tokens are whole members in any line and any case")
    func tokens() throws {
        let table = try table(["Accept-Encoding: gzip;q=1, BR ,,", "Accept-Encoding: zstd"])
        #expect(table.contains(token: "br", in: .acceptEncoding))
        #expect(table.contains(token: "zstd", in: .acceptEncoding))
        #expect(!table.contains(token: "gzip", in: .acceptEncoding))
        #expect(!table.contains(token: "b", in: .acceptEncoding))
        #expect(!table.contains(token: "br", in: .accept))
    }

    @Test(
        "hop-by-hop fields are those of the connection and those it names",
        arguments: [
            ("Connection: x", true), ("Keep-Alive: 5", true), ("TE: trailers", true),
            ("Trailer: a", true), ("Upgrade: h2c", true), ("Proxy-Anything: a", true),
            ("Proxy-Authorization: a", true), ("X-Named: a", true), ("User-Agent: a", true),
            ("Proxy: a", false), ("X-Other: a", false), ("Accept: a", false), ("Date: a", false),
        ])
    func hopByHop(line: String, isHop: Bool) throws {
        let table = try table([line, "Connection: keep-alive, x-NAMED,user-agent"])
        #expect(table.isHopByHop(at: 1) == isHop)
        #expect(!table.isHopByHop(at: 0))
    }

    @Test("an empty table has nothing")
    func empty() {
        let table = FieldTable()
        #expect(table.count == 0 && table["host"] == nil && table[.host] == nil)
        #expect(table.head.isEmpty && Array(table).isEmpty)
    }
}
