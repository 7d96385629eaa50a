// SPDX-License-Identifier: Apache-2.0

/// Why a message was refused; the connection is unusable afterwards.
public enum HTTPFault: Error, Sendable, Hashable, CaseIterable {
    // Start line
    case invalidMethod, methodTooLong, invalidTarget, targetTooLong
    case malformedVersion, unsupportedVersion, tooManyEmptyLines
    // Lines and fields
    case bareCarriageReturn, bareLineFeed, foldedField, spaceBeforeColon
    case invalidFieldName, fieldNameTooLong, invalidFieldValue, headTooLarge, tooManyFields
    // What the fields say
    case missingHost, repeatedHost, invalidHost
    case invalidContentLength, contentLengthTooLarge, repeatedContentLength, ambiguousFraming
    case transferEncodingInHTTP10, chunkedNotLast, unknownTransferCoding, unmetExpectation
    // Body
    case invalidChunkSize, invalidChunkExtension, chunkLineTooLong, chunkOverhead
    case malformedChunkEnd, trailersTooLarge, truncated
    // Responses only
    case malformedStatusLine, unexpectedUpgrade, tooManyInformational
    case unsolicitedBytes, closedBeforeResponse

    /// The status to answer a client whose request has this fault; 502 where only an upstream can.
    public var status: Int {
        switch self {
        case .targetTooLong: 414
        case .contentLengthTooLarge: 413
        case .unmetExpectation: 417
        case .fieldNameTooLong, .headTooLarge, .tooManyFields, .trailersTooLarge: 431
        case .methodTooLong, .unknownTransferCoding: 501
        case .malformedStatusLine, .unexpectedUpgrade, .tooManyInformational,
            .unsolicitedBytes, .closedBeforeResponse:
            502
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// A bounded name for metrics and logs.
    public var label: StaticString {
        switch self {
        case .invalidMethod: "invalid_method"
        case .methodTooLong: "method_too_long"
        case .invalidTarget: "invalid_target"
        case .targetTooLong: "target_too_long"
        case .malformedVersion: "malformed_version"
        case .unsupportedVersion: "unsupported_version"
        case .tooManyEmptyLines: "too_many_empty_lines"
        case .bareCarriageReturn: "bare_carriage_return"
        case .bareLineFeed: "bare_line_feed"
        case .foldedField: "folded_field"
        case .spaceBeforeColon: "space_before_colon"
        case .invalidFieldName: "invalid_field_name"
        case .fieldNameTooLong: "field_name_too_long"
        case .invalidFieldValue: "invalid_field_value"
        case .headTooLarge: "head_too_large"
        case .tooManyFields: "too_many_fields"
        case .missingHost: "missing_host"
        case .repeatedHost: "repeated_host"
        case .invalidHost: "invalid_host"
        case .invalidContentLength: "invalid_content_length"
        case .contentLengthTooLarge: "content_length_too_large"
        case .repeatedContentLength: "repeated_content_length"
        case .ambiguousFraming: "ambiguous_framing"
        case .transferEncodingInHTTP10: "transfer_encoding_in_http10"
        case .chunkedNotLast: "chunked_not_last"
        case .unknownTransferCoding: "unknown_transfer_coding"
        case .unmetExpectation: "unmet_expectation"
        case .invalidChunkSize: "invalid_chunk_size"
        case .invalidChunkExtension: "invalid_chunk_extension"
        case .chunkLineTooLong: "chunk_line_too_long"
        case .chunkOverhead: "chunk_overhead"
        case .malformedChunkEnd: "malformed_chunk_end"
        case .trailersTooLarge: "trailers_too_large"
        case .truncated: "truncated"
        case .malformedStatusLine: "malformed_status_line"
        case .unexpectedUpgrade: "unexpected_upgrade"
        case .tooManyInformational: "too_many_informational"
        case .unsolicitedBytes: "unsolicited_bytes"
        case .closedBeforeResponse: "closed_before_response"
        }
    }
}
