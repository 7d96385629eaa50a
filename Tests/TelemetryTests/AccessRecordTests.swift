// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Testing

@testable import Telemetry

@Suite struct AccessRecordTests {
    @Test("a record is one line of JSON with the facts of the request")
    func line() {
        #expect(
            Sample.line(Sample.record).string == """
                {"time":"2026-11-21T05:06:24.123456Z","request_id":"req-1","key":"dev",\
                "method":"POST","route":"/v1/chat/completions","dialect":"openai","model":"fast",\
                "target":"openai/gpt-4o-mini","status":200,"outcome":"success","stream":true,\
                "attempts":1,"bytes_in":512,"bytes_out":2048,"tokens_in":12,"tokens_out":40,\
                "total_us":350000,"overhead_us":21,"ttft_us":90000,"node":"apus-0","generation":3}

                """)
    }

    @Test("the cost is a number of dollars; a call that nobody can price is marked")
    func cost() throws {
        var record = Sample.record
        record.cost = NanoDollars(5_615_000)
        #expect(Sample.line(record).string.contains(#","cost_usd":0.005615,"#))
        record.cost = nil
        record.isUnpriced = true
        let object = try Sample.object(Sample.line(record))
        #expect(object["unpriced"] as? Bool == true && object["cost_usd"] == nil)
        #expect(object["tokens_estimated"] == nil)
        record.isEstimated = true
        #expect(Sample.line(record).string.contains(#","tokens_estimated":true,"#))
    }

    @Test("what a translation lost is told, and cut where it gets long")
    func losses() throws {
        var record = Sample.record
        record.dropped = "logit_bias, answer.citations"
        let object = try Sample.object(Sample.line(record))
        #expect(object["dropped"] as? String == "logit_bias, answer.citations")
        record.dropped = Bytes(String(repeating: "x", count: 2_000))
        let long = try Sample.object(Sample.line(record))
        #expect((long["dropped"] as? String)?.utf8.count == AccessRecord.listLimit)
    }

    @Test("what does not apply is left out")
    func absent() throws {
        let object = try Sample.object(Sample.line(AccessRecord()))
        let names = [
            "time", "request_id", "method", "status", "stream", "attempts", "bytes_in",
            "bytes_out", "total_us", "node", "generation",
        ]
        #expect(Set(object.keys) == Set(names))
    }

    @Test(
        "text from outside can neither break the line nor swell it",
        arguments: [
            "a\"b\\c\n{\"status\":500}", "\u{0}\u{1}\u{1F}\t\r\n", "模型🐦", "\u{2028}",
            String(repeating: "x", count: 10_000),
        ])
    func hostile(text: String) throws {
        var record = Sample.record
        record.model = Bytes(text)
        let line = Sample.line(record)
        #expect(line.string.dropLast().utf8.contains(UInt8(ascii: "\n")) == false)
        #expect(line.count < 1_500)
        let object = try Sample.object(line)
        #expect(object["model"] as? String == String(text.prefix(AccessRecord.textLimit)))
        #expect(object["status"] as? Int == 200)
    }

    @Test("text cut within a character, or no UTF-8 at all, is repaired")
    func invalid() throws {
        var record = Sample.record
        record.model = Bytes([0xFF, 0x61, 0xE6])
        record.target = Bytes(String(repeating: "x", count: 127) + "é")
        let object = try Sample.object(Sample.line(record))
        #expect(object["model"] as? String == "\u{FFFD}a\u{FFFD}")
        #expect((object["target"] as? String)?.hasSuffix("x\u{FFFD}") == true)
    }

    @Test("the trace is named by its 32 digits")
    func trace() throws {
        var record = Sample.record
        let digits = "0af7651916cd43dd8448eb211c80319c"
        record.trace = TraceContext(traceparent: Bytes("00-\(digits)-b7ad6b7169203331-01"))
        let object = try Sample.object(Sample.line(record))
        #expect(object["trace_id"] as? String == digits)
    }
}

@Suite struct AccessLogSinkTests {
    private static let origin = AccessOrigin(node: "n", generation: 1)

    private func lines(_ bytes: [UInt8]) throws -> Int {
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n") { _ = try Sample.object(Bytes(line)) }
        #expect(bytes.isEmpty || bytes.last == UInt8(ascii: "\n"))
        return text.split(separator: "\n").count
    }

    @Test("lines wait for a batch, and leave at a flush")
    func batches() throws {
        let pipe = try TestPipe()
        let sink = AccessLogSink(to: LogDescriptor(borrowing: pipe.writer), origin: Self.origin)
        sink.append(Sample.record)
        #expect(pipe.readAvailable().isEmpty)
        sink.flush()
        #expect(try lines(pipe.readAvailable()) == 1)
        let length = Sample.line(Sample.record).count
        #expect(!sink.isDue)
        let count = AccessLogSink.batch / length + 2
        for _ in 0..<count { sink.append(Sample.record) }
        #expect(sink.isDue)
        // The moment is the caller's choice.
        #expect(pipe.readAvailable().isEmpty)
        sink.flush()
        #expect(!sink.isDue)
        #expect(try lines(pipe.readAvailable()) == count)
    }

    @Test("a file gets every line, from several sinks, each whole")
    func file() throws {
        let path = NSTemporaryDirectory() + "apus-access-\(UUID().uuidString)"
        defer { unlink(path) }
        let descriptor = try LogDescriptor(path: path)
        let sinks = (0..<3).map { _ in AccessLogSink(to: descriptor, origin: Self.origin) }
        for index in 0..<900 { sinks[index % 3].append(Sample.record) }
        for sink in sinks { sink.flush() }
        let bytes = try #require(FileManager.default.contents(atPath: path))
        #expect(try lines(Array(bytes)) == 900)
        #expect(sinks.map(\.droppedCount) == [0, 0, 0])
    }

    @Test("a reader that does not read costs lines, counted, and never a wait")
    func slowReader() throws {
        let pipe = try TestPipe()
        let sink = AccessLogSink(to: LogDescriptor(borrowing: pipe.writer), origin: Self.origin)
        for _ in 0..<3_000 { sink.append(Sample.record) }
        #expect(sink.droppedCount > 0)
        var read = 0
        for _ in 0..<100 {
            read += try lines(pipe.readAvailable())
            sink.flush()
        }
        #expect(read + Int(sink.droppedCount) == 3_000)
        sink.append(Sample.record)
        sink.flush()
        #expect(try lines(pipe.readAvailable()) == 1)
    }

    @Test("a reader that has gone costs the lines, counted")
    func closedReader() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        signal(SIGPIPE, SIG_IGN)
        close(ends[0])
        defer { close(ends[1]) }
        let sink = AccessLogSink(to: LogDescriptor(borrowing: ends[1]), origin: Self.origin)
        for _ in 0..<10 { sink.append(Sample.record) }
        sink.flush()
        #expect(sink.droppedCount == 10)
    }

    @Test("without a destination nothing is kept")
    func off() {
        let sink = AccessLogSink(to: nil, origin: Self.origin)
        for _ in 0..<10 { sink.append(Sample.record) }
        sink.flush()
        #expect(sink.droppedCount == 0)
    }

    @Test("a redirected sink writes what waits to where it belonged")
    func redirect() throws {
        let (old, new) = (try TestPipe(), try TestPipe())
        let sink = AccessLogSink(to: LogDescriptor(borrowing: old.writer), origin: Self.origin)
        sink.append(Sample.record)
        sink.redirect(
            to: LogDescriptor(borrowing: new.writer),
            origin: AccessOrigin(node: "n", generation: 2))
        sink.append(Sample.record)
        sink.flush()
        #expect(try lines(old.readAvailable()) == 1)
        #expect(String(decoding: new.readAvailable(), as: UTF8.self).contains("\"generation\":2"))
    }

    @Test("a path that cannot be opened is told with its reason")
    func cannotOpen() {
        #expect(throws: LogFault.self) { try LogDescriptor(path: "/nonexistent/apus.log") }
    }
}
