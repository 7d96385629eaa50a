// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

/// Requests mean the same whole and cut; heads can be read without a trap.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPRequest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzInput(start, count)
    let whole = digest(input.bytes, cuts: [])
    precondition(digest(input.bytes, cuts: input.cuts) == whole, "a cut changes the meaning")
    return 0
}

private func digest(_ bytes: Bytes, cuts: [Int]) -> Digest {
    var digest = Digest()
    var parser = HTTP1RequestParser()
    var from = 0
    for end in cuts + [bytes.count] {
        let piece = bytes.span.extracting(from..<end)
        from = end
        guard feed(&parser, piece, &digest) else { return digest }
    }
    if let fault = parser.onEndOfInput() { digest.add(fault.label) }
    return digest
}

private func feed(
    _ parser: inout HTTP1RequestParser, _ piece: Span<UInt8>, _ digest: inout Digest
) -> Bool {
    var offset = 0
    while true {
        let rest = piece.extracting(offset..<piece.count)
        let (consumed, event) = parser.next(rest)
        precondition(consumed >= 0 && consumed <= rest.count, "consumed more than was there")
        offset += consumed
        switch event {
        case .needMore:
            precondition(offset == piece.count, "a rest was left behind")
            return true
        case .head(let head):
            read(head, &digest)
        case .body(let range):
            precondition(range.upperBound <= consumed && !range.isEmpty)
            digest.add(rest.extracting(range))
        case .end:
            digest.add("end")
            if let trailers = parser.trailers { digest.add(trailers.headSpan) }
        case .failure(let fault):
            digest.add(fault.label)
            return false
        }
    }
}

private func read(_ head: RequestHead, _ digest: inout Digest) {
    digest.add(head.bytes.span)
    digest.add(head.path.span)
    digest.add(head.authority.span)
    if let query = head.query { digest.add(query.span) }
    digest.add(head.keepAlive ? 1 : 0)
    if case .length(let length) = head.framing { digest.add(length) }
    for index in 0..<head.fields.count {
        digest.add(head.fields.nameSpan(at: index))
        digest.add(head.fields.valueSpan(at: index))
        digest.add(head.fields.isHopByHop(at: index) ? 1 : 0)
        precondition(isSafeFieldValue(head.fields.valueSpan(at: index)))
    }
}
