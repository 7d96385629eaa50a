// SPDX-License-Identifier: Apache-2.0

extension HTTPFault {
    /// One sentence for the person who reads the error body; repeats nothing the peer sent.
    public var message: StaticString {
        switch self {
        case .invalidMethod: "The request method contains a character that is not allowed."
        case .methodTooLong: "The request method is longer than any method known here."
        case .invalidTarget: "The request target is not a valid path or URL."
        case .targetTooLong: "The request target is too long."
        case .malformedVersion: "The request line does not end in an HTTP version."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .tooManyEmptyLines: "Too many empty lines before the request line."
        case .bareCarriageReturn: "A carriage return is not followed by a line feed."
        case .bareLineFeed: "A line ends in a line feed without a carriage return."
        case .foldedField: "A field line starts with white space; folded lines are not accepted."
        case .spaceBeforeColon: "A field name is followed by white space instead of a colon."
        case .invalidFieldName: "A field name is empty or contains a character not allowed."
        case .fieldNameTooLong: "A field name is longer than 255 bytes."
        case .invalidFieldValue: "A field value contains a control character."
        case .headTooLarge: "The start line and fields together are too large."
        case .tooManyFields: "There are too many fields."
        case .missingHost: "An HTTP/1.1 request needs a Host field."
        case .repeatedHost: "There is more than one Host field."
        case .invalidHost: "The Host field is not a valid host and port."
        case .invalidContentLength: "The Content-Length is not a decimal number."
        case .contentLengthTooLarge: "The Content-Length is larger than can be counted."
        case .repeatedContentLength: "There is more than one Content-Length."
        case .ambiguousFraming: "Content-Length and Transfer-Encoding exclude each other."
        case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding."
        case .chunkedNotLast: "The last transfer coding must be chunked, once."
        case .unknownTransferCoding: "The only transfer coding known here is chunked."
        case .unmetExpectation: "The only expectation met here is 100-continue."
        case .invalidChunkSize: "A chunk size is not a hexadecimal number that can be counted."
        case .invalidChunkExtension: "A chunk extension is malformed."
        case .chunkLineTooLong: "A chunk-size line is too long."
        case .chunkOverhead: "The chunks carry far more framing than data."
        case .malformedChunkEnd: "The data of a chunk is not followed by a line end."
        case .trailersTooLarge: "The trailer section is too large."
        case .truncated: "The connection ended in the middle of a message."
        case .malformedStatusLine: "The response does not start with an HTTP/1.x status line."
        case .unexpectedUpgrade: "The response switches protocols although nobody asked."
        case .tooManyInformational: "There are too many informational responses."
        case .unsolicitedBytes: "Response bytes came that no request had asked for."
        case .closedBeforeResponse: "The connection ended before the response began."
        }
    }
}
