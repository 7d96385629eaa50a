// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// What has to change in a body so that the stream ends with its usage.
enum UsageEdit: Sendable, Equatable {
    /// No `stream_options`: a member before the closing brace, behind at least `model`.
    case insertMember(at: Int)
    /// `stream_options` is null.
    case replaceOptions(Range<Int>)
    /// `stream_options` lacks the flag.
    case insertFlag(at: Int, isAlone: Bool)
    /// The flag is false or null.
    case replaceFlag(Range<Int>)

    private static let member: Bytes = ",\"stream_options\":{\"include_usage\":true}"
    private static let options: Bytes = "{\"include_usage\":true}"
    private static let onlyFlag: Bytes = "\"include_usage\":true"
    private static let firstFlag: Bytes = "\"include_usage\":true,"
    private static let value: Bytes = "true"

    /// The bytes to leave out, and those to put there.
    var splice: Splice {
        switch self {
        case .insertMember(let place): Splice(place..<place, Self.member)
        case .replaceOptions(let range): Splice(range, Self.options)
        case .insertFlag(let place, let isAlone):
            Splice(place..<place, isAlone ? Self.onlyFlag : Self.firstFlag)
        case .replaceFlag(let range): Splice(range, Self.value)
        }
    }
}

/// One replacement in a body.
struct Splice {
    let range: Range<Int>
    let bytes: Bytes

    init(_ range: Range<Int>, _ bytes: Bytes) {
        self.range = range
        self.bytes = bytes
    }
}

extension InferenceRequest {
    /// Whether usage must be asked for in the caller's place, and its chunk withheld.
    public var needsUsageAsked: Bool { isStreaming && !includesUsage }

    /// The body for an upstream, every byte but the edits as the caller sent it.
    ///
    /// `model` replaces the caller's where it differs; `includeUsage` asks for the final usage
    /// chunk where a stream's caller did not.
    public func upstreamBody(model: Bytes? = nil, includeUsage: Bool = false) -> BodyPieces {
        if case .gemini = operation { return geminiBody(model: model) }
        let rename = model.flatMap { $0 == self.model ? nil : Splice(modelRange, Self.quoted($0)) }
        let usage = includeUsage && needsUsageAsked ? usageEdit.splice : nil
        guard let rename else { return spliced(usage, nil) }
        guard let usage else { return spliced(rename, nil) }
        return rename.range.lowerBound < usage.range.lowerBound
            ? spliced(rename, usage) : spliced(usage, rename)
    }

    private func spliced(_ first: Splice?, _ second: Splice?) -> BodyPieces {
        var pieces = BodyPieces()
        var position = 0
        if let first {
            pieces.append(body[0..<first.range.lowerBound])
            pieces.append(first.bytes)
            position = first.range.upperBound
        }
        if let second {
            pieces.append(body[position..<second.range.lowerBound])
            pieces.append(second.bytes)
            position = second.range.upperBound
        }
        pieces.append(body[position..<body.count])
        return pieces
    }

    private static func quoted(_ text: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: text.count + 8)
        writer.append(jsonString: text.span)
        return writer.finish()
    }
}
