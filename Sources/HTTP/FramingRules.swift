// SPDX-License-Identifier: Apache-2.0
import Core

/// What a head says about the end of its body and of its connection, for both directions.
enum FramingRules {
    /// RFC 9112 section 6.3, refusing everything that two parsers could read in two ways.
    static func framing(
        of table: FieldTable, repeated: UInt64, isHTTP11: Bool, otherwise: BodyFraming
    ) throws(HTTPFault) -> BodyFraming {
        if table.contains(.transferEncoding) {
            guard !table.contains(.contentLength) else { throw .ambiguousFraming }
            // RFC 9112 section 6.1: such a message has faulty framing.
            guard isHTTP11 else { throw .transferEncodingInHTTP10 }
            try requireChunked(table)
            return .chunked
        }
        guard let index = table.firstIndex(of: KnownField.contentLength) else { return otherwise }
        // Identical repeats could be tolerated; nobody honest sends them.
        guard repeated & KnownField.contentLength.bit == 0 else { throw .repeatedContentLength }
        return .length(try contentLength(table.valueSpan(at: index)))
    }

    /// Persistence by version and Connection tokens (RFC 9112 section 9.3).
    static func keepAlive(_ table: FieldTable, isHTTP11: Bool) -> Bool {
        if table.options.close { return false }
        return isHTTP11 || table.options.keepAlive
    }

    private static func contentLength(_ value: Span<UInt8>) throws(HTTPFault) -> Int {
        guard value.count > 0 else { throw .invalidContentLength }
        for index in value.indices where !ASCII.isDigit(value[index]) {
            throw .invalidContentLength
        }
        var length = 0
        for index in value.indices {
            let (scaled, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int(value[index] &- 0x30))
            guard !overflow, !carry else { throw .contentLengthTooLarge }
            length = sum
        }
        return length
    }

    /// RFC 9112 section 6.1: chunked once and last; no other coding is known here.
    private static func requireChunked(_ table: FieldTable) throws(HTTPFault) {
        var chunked = 0
        var others = 0
        var isLast = false
        var next = table.firstIndex(of: KnownField.transferEncoding)
        while let index = next {
            let value = table.valueSpan(at: index)
            var list = TokenList()
            while let range = list.next(value) {
                isLast = value.extracting(range).equalsIgnoringCase("chunked")
                if isLast { chunked += 1 } else { others += 1 }
            }
            next = table.firstIndex(of: .transferEncoding, from: index + 1)
        }
        guard chunked <= 1, chunked == 0 || isLast, chunked + others > 0 else {
            throw .chunkedNotLast
        }
        guard others == 0 else { throw .unknownTransferCoding }
    }
}
