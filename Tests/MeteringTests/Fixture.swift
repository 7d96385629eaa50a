// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Files of this suite's folder `Fixtures`.
enum Fixture {
    static func text(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: folder.appending(path: "Fixtures/\(name)"), encoding: .utf8)
    }

    static func lines(_ name: String) throws -> [Substring] {
        try text(name).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
}

/// One row of `golden.jsonl`, which tiktoken 0.14.0 wrote.
struct GoldenRow: Decodable {
    let id: Int
    let text: String
    let cl100kCount: Int
    let o200kCount: Int
    let cl100kIDs: [UInt32]?
    let o200kIDs: [UInt32]?

    enum CodingKeys: String, CodingKey {
        case id, text
        case cl100kCount = "cl100k_base"
        case o200kCount = "o200k_base"
        case cl100kIDs = "cl100k_ids"
        case o200kIDs = "o200k_ids"
    }

    static func all() throws -> [GoldenRow] {
        try Fixture.lines("golden.jsonl").map {
            try JSONDecoder().decode(GoldenRow.self, from: Foundation.Data($0.utf8))
        }
    }
}
