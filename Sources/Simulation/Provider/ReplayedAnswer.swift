// SPDX-License-Identifier: Apache-2.0
public import Core
internal import HTTP

/// A recorded answer that a simulated provider gives byte for byte.
public struct ReplayedAnswer: Sendable, Equatable {
    public var status = 200
    /// Fields as recorded, without those of framing and coding, which are the server's.
    public var headers: [ScriptedField] = []
    public var body = Bytes()
    /// Whether it goes out chunked, cut by `chunkBytes` and paced by `perToken`.
    public var isStream = false

    public init(body: Bytes) { self.body = body }

    /// Reads `{"file": PATH, "id": ID}` or `{"status": …, "headers": {…}, "body": …}`.
    init(script: JSONTree) throws(ScriptFault) {
        for member in script.members {
            switch member.name.string {
            case "file", "id", "status", "headers", "body", "stream": break
            default:
                throw ScriptFault(
                    "Unknown field 'replay.\(member.name)'. "
                        + "Known fields: file, id, status, headers, body, stream.")
            }
        }
        if let path = script["file"]?.string {
            guard let id = script["id"]?.string else {
                throw ScriptFault("The field 'replay.id' must name a line of the file.")
            }
            self = try Self.recorded(id: id, in: path.string)
        } else {
            try self.init(response: script)
        }
    }

    /// The answer of the exchange with this id in a file of one JSON object a line.
    public static func recorded(
        id: Bytes, in path: String
    ) throws(ScriptFault) -> ReplayedAnswer {
        let text = try TextFile.read(path)
        var start = 0
        while start < text.count {
            let end = text.span.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.count
            let line = text[start..<end]
            start = end + 1
            guard contains(line.span, id.span), let tree = try? JSONTree(line) else { continue }
            guard tree["id"]?.string == id, let response = tree["response"] else { continue }
            return try ReplayedAnswer(response: response)
        }
        throw ScriptFault("\(path) has no exchange with the id '\(id)'.")
    }

    private init(response: JSONTree) throws(ScriptFault) {
        guard let body = response["body"]?.string else {
            throw ScriptFault("The field 'replay.body' must be a string.")
        }
        self.init(body: body)
        status = response["status"]?.int ?? 200
        guard status >= 200, status <= 599 else {
            throw ScriptFault("The field 'replay.status' must be a number from 200 to 599.")
        }
        for member in response["headers"]?.members ?? [] {
            guard let value = member.value.string, isToken(member.name.span),
                isSafeFieldValue(value.span)
            else { throw ScriptFault("The field 'replay.headers' must map names to strings.") }
            guard !Self.isOurs(member.name.span) else { continue }
            headers.append(ScriptedField(name: member.name, value: value))
        }
        isStream = response["stream"]?.bool ?? false
    }

    /// Fields that no longer fit the bytes once recorded.
    private static func isOurs(_ name: Span<UInt8>) -> Bool {
        isHopByHop(name) || name.equalsIgnoringCase("content-length")
            || name.equalsIgnoringCase("content-encoding")
    }

    /// Whether a line mentions the id at all, so that few lines are parsed.
    private static func contains(_ line: Span<UInt8>, _ id: Span<UInt8>) -> Bool {
        guard id.count > 0, line.count >= id.count else { return false }
        for start in 0...line.count - id.count
        where line[start] == id[0] && line.extracting(start..<start + id.count).equals(id) {
            return true
        }
        return false
    }
}
