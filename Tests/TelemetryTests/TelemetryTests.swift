// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Testing

@testable import Telemetry

/// What several suites need.
enum Sample {
    static var record: AccessRecord {
        var record = AccessRecord()
        record.time = Timestamp(nanoseconds: 1_795_237_584_123_456_789)
        record.requestID = "req-1"
        record.key = "dev"
        record.route = "/v1/chat/completions"
        record.dialect = "openai"
        record.model = "fast"
        record.target = "openai/gpt-4o-mini"
        record.status = 200
        record.outcome = "success"
        record.attempts = 1
        record.bytesIn = 512
        record.bytesOut = 2_048
        record.inputTokens = 12
        record.outputTokens = 40
        record.total = .milliseconds(350)
        record.overhead = .microseconds(21)
        record.firstByte = .milliseconds(90)
        record.isStream = true
        return record
    }

    static func line(_ record: borrowing AccessRecord) -> Bytes {
        var writer = ByteWriter()
        var clock = RFC3339Cache()
        record.append(
            to: &writer, origin: AccessOrigin(node: "apus-0", generation: 3), clock: &clock)
        return writer.finish()
    }

    static func object(_ line: Bytes) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data(line.string.utf8))
        return try #require(parsed as? [String: Any])
    }
}

/// A pipe whose ends a test closes as it likes.
final class TestPipe {
    let reader: Int32
    private(set) var writer: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (reader, writer) = (ends[0], ends[1])
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        close(reader)
        if writer >= 0 { close(writer) }
    }

    func closeWriter() {
        close(writer)
        writer = -1
    }

    /// What is there now, without waiting.
    func readAvailable() -> [UInt8] {
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(reader, &block, block.count)
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }
}
