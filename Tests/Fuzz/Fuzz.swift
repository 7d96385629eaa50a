// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Glibc

/// One property of one parser that must hold for all bytes; it traps where it does not.
struct FuzzTarget: Sendable {
    let name: String
    let check: @Sendable (Bytes) -> Void

    static let all = [
        FuzzTarget(name: "http-request", check: FuzzRequest.check),
        FuzzTarget(name: "http-response", check: FuzzResponse.check),
        FuzzTarget(name: "event-stream", check: FuzzEventStream.check),
        FuzzTarget(name: "json", check: FuzzJSON.check),
        FuzzTarget(name: "inference-request", check: FuzzInferenceRequest.check),
        FuzzTarget(name: "stream-tap", check: FuzzStreamTap.check),
        FuzzTarget(name: "tokenizer", check: FuzzTokenizer.check),
        FuzzTarget(name: "chat-completions") { FuzzTranslation.check($0, as: .chatCompletions) },
        FuzzTarget(name: "responses") { FuzzTranslation.check($0, as: .responses) },
        FuzzTarget(name: "messages") { FuzzTranslation.check($0, as: .messages) },
        FuzzTarget(name: "generate-content") { FuzzTranslation.check($0, as: .generateContent) },
        FuzzTarget(name: "ollama-chat") { FuzzTranslation.check($0, as: .ollamaChat) },
        FuzzTarget(name: "cohere-chat") { FuzzTranslation.check($0, as: .cohereChat) },
    ]

    /// The target that the environment names in `FUZZ_TARGET`.
    static let chosen: FuzzTarget = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = all.first(where: { $0.name == name }) else {
            preconditionFailure("FUZZ_TARGET must be one of \(all.map(\.name))")
        }
        return target
    }()
}

/// What libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    FuzzTarget.chosen.check(Bytes(bytes))
    return 0
}

/// Cuts of a text that its own first byte chooses, so that the fuzzer steers them.
struct Cuts {
    /// What is to be parsed: all but the first byte.
    let text: Bytes
    private let seed: UInt8

    init(_ input: Bytes) {
        seed = input.isEmpty ? 0 : input[0]
        text = input.dropFirst(1)
    }

    /// The low bits of the first byte, for choices of a target's own.
    var choice: UInt8 { seed }

    /// The pieces: single bytes, equal ones, or growing ones.
    var pieces: [Bytes] {
        var pieces: [Bytes] = []
        var start = 0
        var size = max(1, Int(seed >> 1))
        while start < text.count {
            let end = min(text.count, start + size)
            pieces.append(text[start..<end])
            start = end
            if seed & 1 == 1 { size = size % 61 + 7 }
        }
        return pieces
    }
}

/// Traps when two readings of the same bytes differ.
func demandEqual<Value: Equatable>(_ left: Value, _ right: Value, _ what: StaticString) {
    if left != right { giveUp("\(what): \(left) is not \(right)") }
}

/// Traps when something does not hold.
func demand(_ holds: Bool, _ what: StaticString) {
    if !holds { giveUp("\(what)") }
}

/// Says why before it traps: an optimised build keeps no messages.
func giveUp(_ why: String) -> Never {
    let line = "fuzz: \(why)\n"
    _ = line.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
    preconditionFailure()
}
