// SPDX-License-Identifier: Apache-2.0
public import Core

/// A format that is not there yet.
public protocol MissingFormat: ChatFormat where Decoder == NoDecoder, Encoder == NoEncoder {}

extension MissingFormat {
    public static func request(from body: Bytes) throws(RequestFault) -> ChatRequest {
        throw RequestFault(kind: .invalidValue, message: "Not there yet.", param: nil)
    }
    public static func body(
        of request: ChatRequest, for target: TargetTraits, notes: inout TranslationNotes
    ) throws(RequestFault) -> Bytes {
        throw RequestFault(kind: .invalidValue, message: "Not there yet.", param: nil)
    }
    public static func answer(from body: Bytes) throws(ProviderError) -> ChatAnswer {
        ChatAnswer()
    }
    public static func body(of answer: ChatAnswer, for caller: CallerTraits) -> Bytes { Bytes() }
    public static func error(from body: Bytes, status: Int) -> ProviderError {
        ProviderError(kind: .internalError, status: status, message: body)
    }
}

public struct NoDecoder: StreamDecoder {
    public init() {}
    public mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] { [] }
}

public struct NoEncoder: StreamEncoder {
    public init(for caller: CallerTraits) {}
    public mutating func append(_ frame: StreamFrame, to writer: inout ByteWriter) {}
    public mutating func finish(_ writer: inout ByteWriter) {}
    public mutating func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {}
}

public enum ResponsesFormat: MissingFormat {
    public static var format: WireFormat { .responses }
}
