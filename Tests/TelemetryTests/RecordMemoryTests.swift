// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Telemetry

@Suite struct RecordMemoryTests {
    private func line(_ id: String, model: String = "fast") -> Bytes {
        var record = Sample.record
        record.requestID = Bytes(id)
        record.model = Bytes(model)
        return Sample.line(record)
    }

    @Test("the records of a request are found, in order, and no others")
    func find() {
        let memory = RecordMemory()
        // An id inside another field, and one that is a part of another, are not the request's.
        let texts = [line("a", model: "first"), line("b", model: "a"), line("ab")]
        for text in texts { memory.remember(text.span) }
        memory.remember(line("a", model: "second").span)
        let found = memory.lines(about: "a")
        #expect(found.count == 2)
        #expect(found.first?.string.contains("first") == true)
        #expect(found.last?.string.contains("second") == true)
        #expect(memory.lines(about: "c").isEmpty)
        #expect(memory.lines(about: "").isEmpty)
    }

    @Test("an id with quotes in it is found as it is written")
    func quoted() {
        let memory = RecordMemory()
        memory.remember(line("x\"y\\").span)
        #expect(memory.lines(about: "x\"y\\").count == 1)
        #expect(memory.lines(about: "x").isEmpty)
    }

    @Test("a torn line is left out, the whole ones beside it are not")
    func torn() {
        let memory = RecordMemory()
        let whole = line("a")
        memory.remember(whole.prefix(60).span)
        memory.remember(whole.span)
        var mixed = ByteWriter()
        mixed.append(whole.prefix(80).span)
        mixed.append("\n")
        mixed.append(whole.span)
        memory.remember(mixed.finish().span)
        #expect(memory.lines(about: "a").count == 2)
    }

    @Test("what is kept is bounded, the newest stays")
    func bounded() {
        let memory = RecordMemory()
        var batch = ByteWriter()
        for _ in 0..<2000 { batch.append(line("old").span) }
        let old = batch.finish()
        memory.remember(line("first").span)
        for _ in 0..<(RecordMemory.byteLimit / old.count + 1) { memory.remember(old.span) }
        memory.remember(line("new").span)
        #expect(memory.lines(about: "first").isEmpty)
        #expect(memory.lines(about: "new").count == 1)
        #expect(memory.lines(about: "old").count == 16)
        for _ in 0..<(3 * RecordMemory.batchLimit) { memory.remember(line("idle").span) }
        #expect(memory.lines(about: "new").isEmpty)
        #expect(memory.lines(about: "idle").count == 16)
    }
}
