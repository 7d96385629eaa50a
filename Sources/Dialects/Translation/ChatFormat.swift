// SPDX-License-Identifier: Apache-2.0
public import Core

/// Reads and writes chats in one wire format.
///
/// Decoding then encoding in the same format keeps every member; another format gets what it can
/// express, and the notes say what was left out.
public protocol ChatFormat: Sendable {
    associatedtype Decoder: StreamDecoder
    associatedtype Encoder: StreamEncoder

    static var format: WireFormat { get }

    /// Reads a caller's request; the fault names the field and what is wrong with it.
    static func request(from body: Bytes) throws(RequestFault) -> ChatRequest

    /// Writes a request for a provider; throws when the format cannot express it.
    static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes

    /// Reads a provider's whole answer.
    static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer

    /// Writes a whole answer for a caller.
    static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes

    /// Reads a provider's error body, whatever its shape.
    static func error(from body: Bytes, status: Int) -> ProviderError
}

/// Reads one provider's stream, event by event.
public protocol StreamDecoder: Sendable {
    init()

    /// Takes the payload of one event (for Ollama: one line) with its event name, if it has one.
    ///
    /// Returns the frames it stands for: usually one; none for what is passed over in silence.
    mutating func frames(of data: Bytes, name: Span<UInt8>) throws(ProviderError) -> [StreamFrame]
}

/// Writes one caller's stream, event by event, framing included.
public protocol StreamEncoder: Sendable {
    init(for caller: CallerTraits)

    /// Appends what the frame becomes on the wire; may be nothing.
    mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter)

    /// Appends the end of a complete stream: open parts closed, last events, `[DONE]`.
    mutating func finish(_ writer: inout ByteWriter)

    /// Appends an error event; the connection is cut behind it.
    mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter)
}
