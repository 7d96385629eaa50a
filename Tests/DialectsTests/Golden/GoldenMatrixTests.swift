// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

/// Each recorded exchange, back into its own format and into all others.
@Suite struct GoldenMatrixTests {
    @Test("the recorded traffic is there")
    func presence() throws {
        try #require(
            GoldenExchange.dataFolder != nil, "shared/data/wire is not beside the repository")
        // Of each format: requests, answers, streams, streams that break, refusals.
        let counts = WireFormat.allCases.map { format in
            [
                GoldenExchange.requests, GoldenExchange.answers, GoldenExchange.streams,
                GoldenExchange.brokenStreams, GoldenExchange.errors,
            ].map { list in list.count { $0.format == format } }
        }
        #expect(counts[0] == [244, 172, 62, 1, 14])
        #expect(counts[1] == [55, 22, 25, 0, 8])
        #expect(counts[2] == [131, 96, 33, 0, 2])
        #expect(counts[3] == [143, 103, 34, 0, 6])
        #expect(counts[4] == [3, 2, 1, 0, 0])
        #expect(counts[5] == [49, 43, 4, 0, 2])
        #expect(
            GoldenExchange.all.count == counts.joined().reduce(0, +) - GoldenExchange.requests.count
        )
        #expect(GoldenExchange.unread == [])
    }

    @Test("a stream that breaks gives its error", arguments: GoldenExchange.brokenStreams)
    func brokenStream(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let events = GoldenEvent.events(of: exchange.response, format: exchange.format)
        let (frames, error) = source.readStream(events)
        let isTold = frames.contains { frame in
            frame.events.contains { if case .error = $0 { true } else { false } }
        }
        #expect(error != nil || isTold)
    }

    @Test("an own request comes back", arguments: GoldenExchange.requests)
    func ownRequest(exchange: GoldenExchange) throws {
        let format = GoldenFormat.of(exchange.format)
        let body = try #require(exchange.request)
        try holds(exchange, GoldenExceptions.ownRequests) {
            let request = try format.readRequest(body)
            var notes = TranslationNotes()
            let target = TargetTraits(model: request.model)
            let written = try format.writeRequest(request, target, &notes)
            #expect(notes.dropped.isEmpty)
            return GoldenJSON(body).difference(from: GoldenJSON(written))
        }
    }

    @Test("an own answer comes back", arguments: GoldenExchange.answers)
    func ownAnswer(exchange: GoldenExchange) throws {
        let format = GoldenFormat.of(exchange.format)
        try holds(exchange, GoldenExceptions.ownAnswers) {
            let answer = try format.readAnswer(exchange.response)
            let written = format.writeAnswer(answer, GoldenFormat.caller(EscapedText("unused")))
            return GoldenJSON(exchange.response).difference(from: GoldenJSON(written))
        }
    }

    @Test("an own stream comes back", arguments: GoldenExchange.streams)
    func ownStream(exchange: GoldenExchange) throws {
        let format = GoldenFormat.of(exchange.format)
        try holds(exchange, GoldenExceptions.ownAnswers) {
            let events = GoldenEvent.events(of: exchange.response, format: exchange.format)
            let (frames, error) = format.readStream(events)
            if let error { return "\(error)" }
            let written = format.writeStream(
                frames, GoldenFormat.caller(EscapedText("unused")), nil)
            let again = GoldenEvent.events(of: written, format: exchange.format)
            return difference(events, again)
        }
    }

    @Test(
        "a stream says the same without its events as they came", arguments: GoldenExchange.streams)
    func strippedStream(exchange: GoldenExchange) throws {
        let format = GoldenFormat.of(exchange.format)
        try holds(exchange, GoldenExceptions.otherAnswers, key: "\(exchange.id)>own") {
            streamDifference(exchange, from: format, to: format)
        }
    }

    @Test("an answer says the same in every format", arguments: GoldenExchange.answers)
    func answers(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let answer = try source.readAnswer(exchange.response)
        for target in GoldenFormat.ingress where target.format != source.format {
            let caller = GoldenFormat.caller(EscapedText("asked-for"), of: source.format)
            let written = target.writeAnswer(answer, caller)
            GoldenOutput.write(written, of: exchange, as: target.format, kind: "answer")
            let key = "\(exchange.id)>\(target.format.label)"
            try holds(exchange, GoldenExceptions.otherAnswers, key: key) {
                let again = try target.readAnswer(written)
                return GoldenSummary(answer).difference(from: GoldenSummary(again))
            }
        }
    }

    @Test("a stream says the same in every format", arguments: GoldenExchange.streams)
    func streams(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        for target in GoldenFormat.ingress where target.format != source.format {
            let key = "\(exchange.id)>\(target.format.label)"
            try holds(exchange, GoldenExceptions.otherAnswers, key: key) {
                streamDifference(exchange, from: source, to: target)
            }
        }
    }

    @Test(
        "a request becomes one of every format or is refused by name",
        arguments: GoldenExchange.requests)
    func requests(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let body = try #require(exchange.request)
        guard GoldenExceptions.ownRequests[exchange.id] == nil else { return }
        let request = try source.readRequest(body)
        for target in GoldenFormat.all where target.format != source.format {
            var notes = TranslationNotes()
            do throws(RequestFault) {
                let traits = TargetTraits(model: EscapedText("their-model"))
                let written = try target.writeRequest(request, traits, &notes)
                #expect(throws: Never.self) { try JSONScanner.validate(written.span) }
                GoldenOutput.write(written, of: exchange, as: target.format, kind: "request")
                #expect(throws: Never.self) { try target.readRequest(written) }
            } catch {
                #expect(error.param?.isEmpty == false, "\(error.message)")
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test("a cut stream ends with an error and the usage so far", arguments: GoldenExchange.streams)
    func cutStreams(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let events = GoldenEvent.events(of: exchange.response, format: exchange.format)
        let (frames, _) = source.readStream(events)
        let fault = ErrorBody(status: 502, message: "The provider hung up.", code: "provider_error")
        let caller = GoldenFormat.caller(EscapedText("asked-for"))
        for target in GoldenFormat.ingress {
            let tails = target.failures(frames, caller, fault)
            for (frame, tail) in zip(frames, tails) {
                // Behind its last event a stream takes no error any more.
                if tail.isEmpty, frame.events.contains(where: \.isEnd) { continue }
                let last = GoldenEvent.events(of: tail, format: target.format).last
                #expect(
                    last?.data.string.contains("The provider hung up.") == true,
                    "\(target.format.label): \(tail)")
            }
        }
        // The frames of a part of the stream are the same as those of the whole.
        for cut in stride(from: 0, to: events.count, by: max(1, events.count / 3)) {
            let (part, error) = source.readStream(Array(events[..<cut]))
            #expect(error == nil)
            let summary = GoldenSummary(Array(frames.prefix(part.count)))
            #expect(summary.difference(from: GoldenSummary(part)) == nil)
        }
    }

    @Test("half an event is a malformed answer", arguments: GoldenExchange.streams)
    func halfEvents(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let events = GoldenEvent.events(of: exchange.response, format: exchange.format)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<4 {
            let place = Int.random(in: 0..<min(events.count, 60), using: &random)
            guard events[place].data.count > 2, events[place].data[0] == UInt8(ascii: "{") else {
                continue
            }
            let half = events[place].data.prefix(
                Int.random(in: 1..<events[place].data.count - 1, using: &random))
            let cut = Array(events[..<place]) + [GoldenEvent(name: events[place].name, data: half)]
            let (_, error) = source.readStream(cut)
            #expect(error?.kind == .malformedAnswer, "\(half)")
        }
    }

    @Test("an error body has a kind and keeps its text", arguments: GoldenExchange.errors)
    func errors(exchange: GoldenExchange) throws {
        let format = GoldenFormat.of(exchange.format)
        let error = format.readError(exchange.response, exchange.status)
        #expect(error.status == exchange.status)
        #expect(!error.message.isEmpty)
        let text = exchange.response.string
        #expect(
            text.contains(
                String(error.message.string.prefix(40)).split(separator: "\"").first ?? ""))
    }

    // MARK: - Private

    /// Checks that a sample holds, or that it is listed and indeed does not.
    private func holds(
        _ exchange: GoldenExchange, _ exceptions: [String: String], key: String? = nil,
        difference: () throws -> String?
    ) throws {
        let found: String?
        do { found = try difference() } catch { found = "\(error)" }
        if let reason = exceptions[key ?? exchange.id] {
            #expect(found != nil, "listed as an exception, but holds: \(reason)")
        } else {
            #expect(found == nil, "\(key ?? exchange.id)")
        }
    }

    private func streamDifference(
        _ exchange: GoldenExchange, from source: GoldenFormat, to target: GoldenFormat
    ) -> String? {
        let events = GoldenEvent.events(of: exchange.response, format: exchange.format)
        let (read, error) = source.readStream(events)
        if let error { return "\(error)" }
        let frames = read.map { frame in
            var frame = frame
            frame.source = nil
            return frame
        }
        let caller = GoldenFormat.caller(EscapedText("asked-for"), of: source.format)
        let written = target.writeStream(frames, caller, nil)
        if source.format != target.format {
            GoldenOutput.write(written, of: exchange, as: target.format, kind: "stream")
        }
        let again = GoldenEvent.events(of: written, format: target.format)
        let (reread, fault) = target.readStream(again)
        if let fault { return "\(fault)" }
        return GoldenSummary(frames).difference(from: GoldenSummary(reread))
    }

    private func difference(_ left: [GoldenEvent], _ right: [GoldenEvent]) -> String? {
        guard left.count == right.count else {
            return "\(left.count) events became \(right.count)"
        }
        for (index, pair) in zip(left, right).enumerated() {
            if pair.0.name != pair.1.name { return "[\(index)] is named \(pair.1.name)" }
            if pair.0.data == pair.1.data { continue }
            let one = GoldenJSON(pair.0.data)
            if let found = one.difference(from: GoldenJSON(pair.1.data)) {
                return "[\(index)]\(found)"
            }
        }
        return nil
    }
}

extension StreamEvent {
    fileprivate var isEnd: Bool {
        switch self {
        case .done, .finish: true
        default: false
        }
    }
}
