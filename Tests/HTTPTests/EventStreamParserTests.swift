// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

/// An event as a client would see it.
struct SeenEvent: Equatable, Sendable {
    var name = ""
    var data = ""
    var id = ""
}

/// A stream and its events.
struct StreamCase: Sendable, CustomTestStringConvertible {
    let text: String
    let events: [SeenEvent]

    init(_ text: String, _ data: String...) {
        self.text = text
        events = data.map { SeenEvent(data: $0) }
    }

    init(_ text: String, events: [SeenEvent]) {
        self.text = text
        self.events = events
    }

    var testDescription: String { Bytes(text).span.hex }
}

@Suite struct EventStreamParserTests {
    static let streams: [StreamCase] = [
        StreamCase("data: a\n\n", "a"), StreamCase("data:a\n\n", "a"),
        StreamCase("data:  a\n\n", " a"), StreamCase("data: a\r\rdata: b\r\r", "a", "b"),
        StreamCase("data: a\r\n\r\ndata: b\r\n\r\n", "a", "b"),
        StreamCase("data: a\r\n\ndata: b\n\r\ndata: c\r\n\r", "a", "b", "c"),
        StreamCase("data: b\n\nevent\ndata: a\n\n", "b", "a"),
        StreamCase("data: b\n\nid\ndata\n\n", "b", ""),
        StreamCase("x\r\rdata: a\ny\n\n", "a"), StreamCase("data: a\n\r\rdata: b\n\n", "a", "b"),
        StreamCase("data: a\ndata: b\ndata:\n\n", "a\nb\n"),
        StreamCase("data\n\n", ""), StreamCase("data:\n\n", ""), StreamCase("data\ndata\n\n", "\n"),
        StreamCase(": ping\n\n:\n\ndata: a\n: x\n\n", "a"),
        StreamCase("\n\n\r\n\rdata: a\n\n", "a"),
        StreamCase("datax: a\nDATA: b\n data: c\nfoo: d\ndata: e\n\n", "e"),
        StreamCase("data: a:b: c\n\n", "a:b: c"), StreamCase("data : a\n\n"),
        StreamCase("data: unfinished\n"), StreamCase("event: x\n\n"),
        StreamCase("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", "a"),
        StreamCase("\u{FEFF}\u{FEFF}data: a\n\ndata: b\n\n", "b"),
        StreamCase("\u{FE00}data: a\n\ndata: b\n\n", "b"), StreamCase("\u{FEFF}"),
        StreamCase("data: h\u{E9}llo \u{1F426}\n\n", "h\u{E9}llo \u{1F426}"),
        StreamCase(
            "event: a\ndata: 1\n\ndata: 2\n\nevent: b\nevent: c\ndata: 3\n\nevent: d\n\n"
                + "data: 4\n\n",
            events: [
                SeenEvent(name: "a", data: "1"), SeenEvent(data: "2"),
                SeenEvent(name: "c", data: "3"), SeenEvent(data: "4"),
            ]),
        StreamCase(
            "id: 1\ndata: a\n\ndata: b\n\nid: x\0y\ndata: c\n\nid: 2\n\ndata: d\n\nid\ndata: e\n\n",
            events: [
                SeenEvent(data: "a", id: "1"), SeenEvent(data: "b", id: "1"),
                SeenEvent(data: "c", id: "1"), SeenEvent(data: "d", id: "2"),
                SeenEvent(data: "e"),
            ]),
    ]

    /// Feeds pieces that end at `cuts` and at the end.
    static func events(_ bytes: Bytes, cuts: [Int] = []) -> [SeenEvent] {
        var parser = EventStreamParser()
        var seen: [SeenEvent] = []
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = bytes.span.extracting(start..<end)
            start = end
            var offset = 0
            while true {
                let rest = piece.extracting(offset..<piece.count)
                let (consumed, event) = parser.next(rest)
                offset += consumed
                guard case .event(let found) = event else { break }
                if let range = found.dataInInput {
                    #expect(range.upperBound <= consumed)
                }
                seen.append(
                    SeenEvent(
                        name: String(decoding: parser.name(of: found, in: rest)),
                        data: String(decoding: parser.data(of: found, in: rest)),
                        id: parser.lastEventID.string))
            }
            #expect(offset == piece.count)
        }
        return seen
    }

    @Test("events, however they are cut", arguments: streams)
    func everyCut(row: StreamCase) {
        let bytes = Bytes(row.text)
        #expect(Self.events(bytes) == row.events)
        for cut in 0...bytes.count {
            #expect(Self.events(bytes, cuts: [cut]) == row.events, "cut at \(cut)")
            for second in cut...bytes.count where bytes.count < 40 {
                #expect(Self.events(bytes, cuts: [cut, second]) == row.events)
            }
        }
        #expect(Self.events(bytes, cuts: Array(0..<bytes.count)) == row.events)
    }

    @Test("random streams mean what a plain reading of the standard says", arguments: 0..<300)
    func randomStreams(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "data", ":", ": ", "\n", "\n\n", "\r", "\r\n", "\r\n\r\n", "event", "id", "retry", "x",
            "\u{FEFF}", "1", " ", "data: a", "data:b", "\0",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<60, using: &random) {
            text += words[Int.random(in: 0..<words.count, using: &random)]
        }
        let bytes = Bytes(text)
        let expected = PlainEventStream.events(text)
        #expect(Self.events(bytes) == expected, "\(bytes.span.hex)")
        #expect(Self.events(bytes, cuts: Array(0..<bytes.count)) == expected)
        var cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &random) }
        cuts.sort()
        #expect(Self.events(bytes, cuts: cuts) == expected, "\(cuts) of \(bytes.span.hex)")
    }

    @Test("an event whole in the input is not copied, one that is cut is")
    func places() {
        var parser = EventStreamParser()
        let bytes: Bytes = "event: e\ndata: abc\n\n"
        guard case (bytes.count, .event(let whole)) = parser.next(bytes.span) else {
            Issue.record("no event")
            return
        }
        #expect(whole.dataInInput == 15..<18)
        _ = parser.next(bytes.span.extracting(0..<5))
        let rest = bytes.span.extracting(5..<bytes.count)
        guard case .event(let cut) = parser.next(rest).event else {
            Issue.record("no event")
            return
        }
        #expect(cut.dataInInput == nil)
    }

    @Test("the reconnection time is digits only")
    func retry() {
        var parser = EventStreamParser()
        var seen: [Int?] = []
        for text in ["retry: 5\n\n", "retry: 5x\n\n", "retry:\n\n", "retry: 10\nretry: x\n\n"] {
            _ = parser.next(Bytes(text).span)
            seen.append(parser.retryMilliseconds)
        }
        #expect(seen == [5, 5, 5, 10])
    }

    @Test("it knows whether an event is under way")
    func insideEvent() {
        var parser = EventStreamParser()
        var seen: [Bool] = []
        for text in ["\u{FEFF}", "d", "ata: a\n", "\r", "\n", ": c\n", "\n", "data: b\n\n"] {
            _ = parser.next(Bytes(text).span)
            seen.append(parser.isInsideEvent)
        }
        #expect(seen == [false, true, true, false, false, true, false, false])
    }

    @Test("an event over the limit fails the stream, in one piece or in many")
    func limit() {
        func outcome(_ text: String, step: Int) -> String {
            var parser = EventStreamParser(maxEventBytes: 16)
            let bytes = Bytes(text)
            var outcome = ""
            for start in stride(from: 0, to: bytes.count, by: step) {
                var offset = start
                let end = min(start + step, bytes.count)
                while true {
                    let (consumed, event) = parser.next(bytes.span.extracting(offset..<end))
                    offset += consumed
                    if case .event = event { outcome += "e" }
                    if case .failure(let fault) = event { return outcome + "\(fault.label)" }
                    if case .needMore = event { break }
                }
            }
            return outcome
        }
        for step in [1, 3, 7, 1000] {
            #expect(outcome("data: 12345678\n\ndata: 12345678\n\n", step: step) == "ee")
            #expect(outcome("data: a\n\ndata: 123456789\n\n", step: step) == "eevent_too_large")
            #expect(outcome("data: 123456789012345678901", step: step) == "event_too_large")
        }
    }
}

/// The standard read word for word, on whole text and without regard to cost.
enum PlainEventStream {
    static func events(_ text: String) -> [SeenEvent] {
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var events: [SeenEvent] = []
        var current = SeenEvent()
        var data = ""
        var id = ""
        for line in lines(bytes) {
            if line.isEmpty {
                current.id = id
                if !data.isEmpty {
                    current.data = String(data.dropLast())
                    events.append(current)
                }
                current = SeenEvent()
                data = ""
                continue
            }
            let colon = line.firstIndex(of: 0x3A) ?? line.count
            var value = Array(line.dropFirst(colon + 1))
            if value.first == 0x20 { value.removeFirst() }
            let valueText = String(decoding: value, as: UTF8.self)
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "data": data += valueText + "\n"
            case "event": current.name = valueText
            case "id" where !value.contains(0): id = valueText
            default: break
            }
        }
        return events
    }

    /// Lines that are ended; what follows the last end is dropped.
    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == 0x0A || byte == 0x0D else {
                line.append(byte)
                continue
            }
            if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
            lines.append(line)
            line = []
        }
        return lines
    }
}
