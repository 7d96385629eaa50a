// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import HTTP
import Testing

/// One row of the request corpus; see Fixtures/README.md.
struct CorpusRow: Decodable, Sendable, CustomTestStringConvertible {
    let id: String
    let name: String
    let raw: String
    let verdict: String
    let messages: Int

    enum CodingKeys: String, CodingKey {
        case id, name, verdict
        case raw = "raw_b64"
        case messages = "complete_messages"
    }

    var testDescription: String { "\(id) \(name)" }

    /// The bytes, with a Host where the corpus leaves it out for brevity.
    var bytes: Bytes {
        let plain = [UInt8](Data(base64Encoded: raw) ?? Data())
        let text = String(String.UnicodeScalarView(plain.map { Unicode.Scalar($0) }))
        guard !text.lowercased().contains("\nhost:") else { return Bytes(plain) }
        let line = " HTTP/1.1\r\n"
        let complete = text.replacingOccurrences(of: line, with: line + "Host: a\r\n")
        return Bytes(complete.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    static let all: [CorpusRow] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/llhttp-requests.jsonl")
        let lines = (try? Data(contentsOf: file))?.split(separator: UInt8(ascii: "\n")) ?? []
        return lines.compactMap { try? JSONDecoder().decode(CorpusRow.self, from: $0) }
    }()
}

@Suite struct RequestCorpusTests {
    /// Where we differ on purpose: the reason, and the fault we report instead (nil for none).
    static let differences: [String: (reason: String, fault: HTTPFault?)] = [
        "llhttp-8dd33b2740": ("bytes after a closing request are dropped, not served", nil),
        "llhttp-1d0e4bb176": ("bytes after a closing request are dropped, not served", nil),
        "llhttp-5d6b752eb7": ("no upgrades: what follows is the next request", .malformedVersion),
        "llhttp-67abfdfda0": ("no upgrades: what follows is the next request", .malformedVersion),
        "llhttp-bfcd47e631": ("judged when the head is whole, and it never is", nil),
        "llhttp-2212af31a9": ("the bytes that follow are body, as the length says", nil),
        "llhttp-f4c3da6f8f": ("unknown methods are for the router", nil),
        "llhttp-c3f71aeed9": ("unknown methods are for the router", nil),
        "llhttp-d3cf4329dc": ("only OPTIONS has the target *", .invalidTarget),
        "llhttp-e6c861ff16": ("RTSP is not spoken here", .malformedVersion),
        "llhttp-fe41904b09": ("RTSP is not spoken here", .malformedVersion),
        "llhttp-c36638d81f": ("only OPTIONS has the target *", .invalidTarget),
        "llhttp-86fecf1e1b": ("HTTP/0.9 is not spoken here", .malformedVersion),
        "llhttp-dcb75a19fd": ("a fragment does not belong on the wire", .invalidTarget),
        "llhttp-9cd5173046": ("a fragment does not belong on the wire", .invalidTarget),
    ]

    @Test("the corpus is there and whole")
    func isComplete() {
        #expect(CorpusRow.all.count == 93)
        let ids = Set(CorpusRow.all.map(\.id))
        #expect(Self.differences.keys.allSatisfy { ids.contains($0) })
    }

    @Test(
        "what the corpus accepts is no 400, and what it refuses is refused",
        arguments: CorpusRow.all)
    func verdict(row: CorpusRow) {
        let transcript = Transcript.requests(row.bytes)
        let fault = HTTPFault.allCases.first { "\($0.label)" == transcript.fault }
        if let difference = Self.differences[row.id] {
            #expect(fault == difference.fault, "\(difference.reason)\n\(transcript)")
        } else if row.verdict == "ok" {
            #expect(fault == nil || fault?.status == 501, "\(transcript)")
            #expect(transcript.ends >= row.messages || fault != nil, "\(transcript)")
        } else {
            #expect(fault != nil, "\(transcript)")
        }
    }

    @Test("a request means the same however it is cut", arguments: CorpusRow.all)
    func cuts(row: CorpusRow) {
        let bytes = row.bytes
        let whole = Transcript.requests(bytes)
        for cut in 0...bytes.count {
            let inTwo = Transcript.requests(bytes, cuts: [cut])
            guard inTwo == whole else {
                Issue.record("cut at \(cut):\n\(inTwo)\nwhole:\n\(whole)")
                return
            }
        }
        #expect(Transcript.requests(bytes, cuts: Array(0..<bytes.count)) == whole)
    }
}
