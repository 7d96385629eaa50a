// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// The bytes of one answer on their way out: framing, cuts, and where a fault breaks it off.
///
/// Pure: the connection asks for the next piece when its time has come.
struct AnswerDelivery {
    /// What follows when the pieces are through or the limit is reached.
    enum Ending { case complete, close, stall, errorEvent }

    /// Pieces of an endless answer: 10 GB in all.
    private static let endlessPiece = 16 * 1024
    private static let endlessBytes = 10_000_000_000

    private(set) var head: Bytes
    private(set) var isChunked: Bool
    private(set) var ending = Ending.complete
    private var body: AnswerBody
    /// Pieces to send before the ending; nil sends all.
    private var piecesLeft: Int?
    private var cutsChunkInHalf = false
    private var cutter: ChunkCutter?
    private let stamps: Bool

    init(
        _ answer: ProviderAnswer, behaviour: ProviderBehaviour, script: ProviderScript,
        fields: (inout ByteWriter) -> Void
    ) {
        body = answer.body
        stamps = script.timestamps
        isChunked = body.isStream || script.chunkBytes != nil || behaviour == .halfChunk
        cutter = script.chunkBytes.map { ChunkCutter(size: $0, seed: script.chunkSeed) }
        head = Bytes()
        var announced = body.wholeCount
        if body.isStream {
            breakStream(behaviour, after: script.after)
        } else {
            announced += breakWhole(behaviour)
        }
        if behaviour == .endless { makeEndless() }
        head = makeHead(answer, announced: announced, fields: fields)
    }

    private mutating func breakStream(_ behaviour: ProviderBehaviour, after: Int) {
        switch behaviour {
        case .closeMidStream, .closeMidBody: ending = .close
        case .stallMidStream: ending = .stall
        case .errorEventMidStream: ending = .errorEvent
        case .halfChunk:
            ending = .close
            cutsChunkInHalf = true
        default: return
        }
        piecesLeft = after
    }

    /// Returns by how much the announced length exceeds the body.
    private mutating func breakWhole(_ behaviour: ProviderBehaviour) -> Int {
        switch behaviour {
        case .closeMidStream, .closeMidBody, .stallMidStream:
            ending = behaviour == .stallMidStream ? .stall : .close
            let half = body.wholeCount / 2
            let missing = body.wholeCount - half
            if case .whole(let bytes) = body { body = .whole(bytes.prefix(half)) }
            return missing
        case .wrongLength:
            ending = .close
            return 100
        case .halfChunk:
            ending = .close
            piecesLeft = 0
            cutsChunkInHalf = true
            return 0
        default: return 0
        }
    }

    private mutating func makeEndless() {
        isChunked = true
        var piece = ByteWriter(capacity: Self.endlessPiece)
        if body.isStream {
            piece.append(": ")
            while piece.count < Self.endlessPiece - 2 { piece.append(UInt8(ascii: "x")) }
            piece.append("\n\n")
        } else {
            while piece.count < Self.endlessPiece { piece.append(UInt8(ascii: " ")) }
        }
        body = .endless(piece.finish(), left: Self.endlessBytes / Self.endlessPiece)
    }

    private func makeHead(
        _ answer: ProviderAnswer, announced: Int, fields: (inout ByteWriter) -> Void
    ) -> Bytes {
        var writer = ByteWriter(capacity: 512)
        writer.appendStatusLine(answer.status)
        if let type = answer.contentType { writer.appendField("content-type", type) }
        if isChunked {
            writer.appendField("transfer-encoding", "chunked" as StaticString)
        } else {
            writer.appendField("content-length", announced)
        }
        for field in answer.headers { writer.append(field) }
        fields(&writer)
        writer.appendHeadEnd()
        return writer.finish()
    }

    /// Appends the next piece with its framing; false when it is time for the ending.
    mutating func next(
        into writer: inout ByteWriter, scratch: inout ByteWriter, now: () -> Instant
    ) -> Bool {
        if piecesLeft == 0 {
            if cutsChunkInHalf { appendHalfChunk(to: &writer, scratch: &scratch) }
            return false
        }
        piecesLeft? -= 1
        let stamp = stamps ? now().nanoseconds : nil
        scratch.removeAll(keepingCapacity: true)
        if cutter != nil {
            guard cutNext(into: &scratch, stamp: stamp) else { return false }
        } else {
            guard body.next(into: &scratch, stamp: stamp) else { return false }
        }
        if isChunked { writer.appendChunk(scratch.span) } else { writer.append(scratch.span) }
        return true
    }

    private mutating func cutNext(into scratch: inout ByteWriter, stamp: Int64?) -> Bool {
        guard var cutter else { return false }
        let wanted = cutter.nextSize()
        while cutter.held.count < wanted {
            var piece = ByteWriter()
            guard body.next(into: &piece, stamp: stamp) else { break }
            cutter.hold(piece.finish())
        }
        let chunk = cutter.take(wanted)
        self.cutter = cutter
        scratch.append(chunk)
        return !chunk.isEmpty
    }

    private mutating func appendHalfChunk(
        to writer: inout ByteWriter, scratch: inout ByteWriter
    ) {
        scratch.removeAll(keepingCapacity: true)
        guard body.next(into: &scratch, stamp: nil), scratch.count > 1 else { return }
        writer.appendChunkHeader(scratch.count)
        writer.append(scratch.span.extracting(0..<scratch.count / 2))
    }
}

extension AnswerBody {
    /// The length of a whole body; zero of a stream.
    var wholeCount: Int { if case .whole(let bytes) = self { bytes.count } else { 0 } }
}

extension ByteWriter {
    /// A field line of a script.
    mutating func append(_ field: ScriptedField) {
        append(field.name)
        append(": ")
        append(field.value)
        append("\r\n")
    }
}

/// Cuts what it is given into pieces of one size, or of random sizes up to it.
private struct ChunkCutter {
    private let size: Int
    private var random: SeededGenerator?
    private(set) var held = Bytes()

    init(size: Int, seed: UInt64?) {
        self.size = size
        random = seed.map { SeededGenerator(seed: $0) }
    }

    mutating func nextSize() -> Int {
        guard let drawn = random?.next() else { return size }
        return 1 + Int(truncatingIfNeeded: drawn >> 33) % size
    }

    mutating func hold(_ bytes: Bytes) {
        guard !held.isEmpty else {
            held = bytes
            return
        }
        var joined = ByteWriter(capacity: held.count + bytes.count)
        joined.append(held)
        joined.append(bytes)
        held = joined.finish()
    }

    mutating func take(_ amount: Int) -> Bytes {
        let taken = held.prefix(amount)
        held = held.dropFirst(amount)
        return taken
    }
}
