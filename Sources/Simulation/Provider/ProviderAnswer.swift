// SPDX-License-Identifier: Apache-2.0
internal import Core

/// One answer before faults and pace are applied to it.
struct ProviderAnswer {
    var status = 200
    var contentType: StaticString? = "application/json"
    var body: AnswerBody
    /// Word pieces, which a whole answer waits for.
    var tokens = 0
    /// Fields of a recording, which replace our own.
    var headers: [ScriptedField] = []

    init(_ body: Bytes) { self.body = .whole(body) }

    init(_ refusal: ProviderRefusal) {
        status = refusal.status
        body = .whole(refusal.body)
    }

    init(stream: CompletionStream) {
        contentType = "text/event-stream; charset=utf-8"
        body = .stream(stream)
    }

    init(_ replay: ReplayedAnswer) {
        status = replay.status
        contentType = nil
        headers = replay.headers
        body = replay.isStream ? .recorded(replay.body) : .whole(replay.body)
    }
}

/// Where the bytes of an answer come from.
enum AnswerBody {
    case whole(Bytes)
    case stream(CompletionStream)
    /// Events made beforehand.
    case pieces(PieceStream)
    /// A recorded stream, sent event by event unless chunks are cut otherwise.
    case recorded(Bytes)
    /// The same piece again and again, so many times.
    case endless(Bytes, left: Int)

    var isStream: Bool {
        switch self {
        case .whole: false
        case .stream, .pieces, .recorded, .endless: true
        }
    }

    /// Appends the next piece; false when there is none left.
    mutating func next(into writer: inout ByteWriter, stamp: Int64?) -> Bool {
        switch self {
        case .whole(let bytes):
            guard !bytes.isEmpty else { return false }
            writer.append(bytes)
            self = .whole(Bytes())
            return true
        case .stream(var stream):
            // Let go of the payload first, or the change below would copy it.
            self = .whole(Bytes())
            let hasMore = stream.next(into: &writer, stamp: stamp)
            self = .stream(stream)
            return hasMore
        case .pieces(var stream):
            self = .whole(Bytes())
            let hasMore = stream.next(into: &writer, stamp: stamp)
            self = .pieces(stream)
            return hasMore
        case .recorded(let bytes):
            guard !bytes.isEmpty else { return false }
            let end = Self.endOfEvent(bytes.span)
            writer.append(bytes[0..<end])
            self = .recorded(bytes.dropFirst(end))
            return true
        case .endless(let piece, let left):
            guard left > 0 else { return false }
            writer.append(piece)
            self = .endless(piece, left: left - 1)
            return true
        }
    }

    /// Behind the first empty line, whatever its line ends are.
    private static func endOfEvent(_ text: Span<UInt8>) -> Int {
        var index = 0
        while let feed = text.firstIndex(of: UInt8(ascii: "\n"), from: index) {
            index = feed + 1
            if index < text.count, text[index] == UInt8(ascii: "\r") { index += 1 }
            if index < text.count, text[index] == UInt8(ascii: "\n") { return index + 1 }
        }
        return text.count
    }
}
