// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects

/// Fuzzes the stream tap: the first byte seeds the cuts, the rest is the stream.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStreamTap(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard count > 1, count < 16_384, let start = unsafe start else { return 0 }
    let input = Bytes(copying: unsafe UnsafeBufferPointer(start: start, count: count).span)
    let stream = input.dropFirst(1)
    let seed = UInt64(input[0])
    let observed = run(stream, .observe, seed: seed)
    precondition(observed.relayed == stream)
    let whole = run(stream, .withhold, seed: nil)
    let cut = run(stream, .withhold, seed: seed)
    precondition(whole.relayed == cut.relayed)
    precondition(whole.facts == cut.facts && whole.facts == observed.facts)
    precondition(whole.ending == cut.ending && whole.ending == observed.ending)
    return 0
}

/// Feeds a stream, whole or cut at random, and collects what comes out.
private func run(
    _ stream: Bytes, _ mode: StreamTap.Mode, seed: UInt64?
) -> (relayed: Bytes, facts: StreamFacts, ending: StreamTap.Ending) {
    var generator = SeededGenerator(seed: seed ?? 0)
    var tap = StreamTap(mode: mode)
    var output = ByteWriter()
    var start = 0
    while start < stream.count {
        let length = seed == nil ? stream.count : Int(generator.next() % 24) + 1
        let piece = stream[start..<min(start + length, stream.count)]
        var position = 0
        while position < piece.count {
            let step = tap.onBytes(piece.span, from: position)
            precondition(step.next > position && step.relay.lowerBound >= position)
            output.append(step.held)
            output.append(piece[step.relay])
            position = step.next
        }
        start += piece.count
    }
    let rest = tap.finish()
    output.append(rest.held)
    return (output.finish(), tap.facts, rest.ending)
}
