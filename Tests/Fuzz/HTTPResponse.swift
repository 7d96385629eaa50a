// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

/// Responses mean the same whole and cut; the first byte also picks the request's method.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPResponse(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzInput(start, count)
    let method: HTTPMethod = count.isMultiple(of: 7) ? .head : .post
    let whole = digest(input.bytes, cuts: [], method)
    let cut = digest(input.bytes, cuts: input.cuts, method)
    precondition(cut == whole, "a cut changes the meaning")
    return 0
}

private func digest(_ bytes: Bytes, cuts: [Int], _ method: HTTPMethod) -> Digest {
    var digest = Digest()
    var parser = HTTP1ResponseParser()
    parser.begin(method: method)
    var from = 0
    for end in cuts + [bytes.count] {
        let piece = bytes.span.extracting(from..<end)
        from = end
        guard feed(&parser, piece, &digest) else { return digest }
    }
    if case .failure(let fault) = parser.onEndOfInput() { digest.add(fault.label) }
    return digest
}

private func feed(
    _ parser: inout HTTP1ResponseParser, _ piece: Span<UInt8>, _ digest: inout Digest
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
        case .informational(let status):
            digest.add(status)
        case .head(let head):
            digest.add(head.bytes.span)
            digest.add(head.status)
            digest.add(head.reason.span)
            for (name, value) in head.fields {
                digest.add(name.span)
                digest.add(value.span)
            }
        case .body(let range):
            precondition(range.upperBound <= consumed && !range.isEmpty)
            digest.add(rest.extracting(range))
        case .end:
            digest.add("end")
            parser.begin(method: .get)
        case .failure(let fault):
            digest.add(fault.label)
            return false
        }
    }
}
