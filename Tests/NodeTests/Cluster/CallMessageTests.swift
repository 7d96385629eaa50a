// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Node

@Suite struct CallMessageTests {
    private let request = CallMessage.Request(
        target: "f", arguments: ["one", "", "three"], milliseconds: 5000)

    @Test("a call travels whole")
    func call() {
        #expect(CallMessage.isCall(request.encoded))
        #expect(CallMessage.request(request.encoded) == request)
    }

    @Test("an answer is a value or a fault", arguments: CallFault.allCases)
    func answers(fault: CallFault) {
        let value = CallMessage.answer(.success("value"))
        #expect(CallMessage.result(value) == .success("value"))
        #expect(CallMessage.result(CallMessage.answer(.failure(fault))) == .failure(fault))
        #expect(CallMessage.result("") == .failure(.malformed))
        #expect(CallMessage.result(request.encoded) == .failure(.malformed))
    }

    @Test("a fault that only newer nodes know is a refusal")
    func newerFault() {
        #expect(CallMessage.result(Bytes([0x41, 200])) == .failure(.refused))
    }

    @Test("every beginning of a call is no call, and no length is trusted")
    func truncated() {
        let bytes = request.encoded
        for count in 0..<bytes.count { #expect(CallMessage.request(bytes.prefix(count)) == nil) }
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            var raw = (0..<bytes.count).map { bytes[$0] }
            for _ in 0..<3 {
                raw[Int.random(in: 0..<raw.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            _ = CallMessage.request(Bytes(raw))
            _ = CallMessage.result(Bytes(raw))
        }
    }

    @Test("a node's summary travels, also with more behind it")
    func summary() throws {
        var summary = NodeSummary(name: "n", version: "1")
        summary.isDraining = true
        summary.uptimeMilliseconds = 12
        summary.exchanges = 3
        #expect(NodeSummary(summary.encoded) == summary)
        var longer = ByteWriter()
        longer.append(summary.encoded.span)
        longer.append("from a newer version" as StaticString)
        #expect(NodeSummary(longer.finish()) == summary)
        #expect(NodeSummary(summary.encoded.prefix(5)) == nil)
    }
}
