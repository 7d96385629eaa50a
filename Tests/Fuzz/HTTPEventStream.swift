// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

/// Event streams mean the same whole and cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEventStream(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzInput(start, count)
    let whole = digest(input.bytes, cuts: [])
    precondition(digest(input.bytes, cuts: input.cuts) == whole, "a cut changes the meaning")
    return 0
}

private func digest(_ bytes: Bytes, cuts: [Int]) -> Digest {
    var digest = Digest()
    var parser = EventStreamParser(maxEventBytes: 1000)
    var from = 0
    for end in cuts + [bytes.count] {
        let piece = bytes.span.extracting(from..<end)
        from = end
        var offset = 0
        loop: while true {
            let rest = piece.extracting(offset..<piece.count)
            let (consumed, event) = parser.next(rest)
            precondition(consumed >= 0 && consumed <= rest.count, "consumed more than was there")
            offset += consumed
            switch event {
            case .needMore:
                precondition(offset == piece.count, "a rest was left behind")
                break loop
            case .event(let found):
                digest.add(parser.name(of: found, in: rest))
                digest.add(parser.data(of: found, in: rest))
                digest.add(parser.lastEventID.span)
            case .failure(let fault):
                digest.add(fault.label)
                return digest
            }
        }
    }
    digest.add(parser.retryMilliseconds ?? -1)
    return digest
}
