// SPDX-License-Identifier: Apache-2.0
// Turns streams, requests and answers from each format into each other; see translate.sh.
import Core
import Dialects
import Glibc

/// What a profiler is told to count: everything inside, and nothing else.
@inline(never)
func measured(_ work: Work, _ kind: String, _ rounds: Int) -> Int {
    do {
        switch kind {
        case "chunk": return try work.chunks(rounds)
        case "request": return try work.requests(rounds)
        case "answer": return try work.answers(rounds)
        case "passed-chunk": return work.passedChunks(rounds)
        default: return try work.passedChats(rounds)
        }
    } catch {
        preconditionFailure("\(kind): \(error)")
    }
}

/// The least of some rounds: a neighbour can only make a round slower.
func microseconds(_ work: Work, _ kind: String, _ rounds: Int) -> Double {
    var best = Double.infinity
    for _ in 0..<5 {
        let duration = ContinuousClock().measure { _ = measured(work, kind, rounds) }
        best = min(best, Double(duration.components.attoseconds) / 1e12)
    }
    return best / Double(rounds)
}

func format(_ name: String) -> WireFormat {
    guard let found = WireFormat.allCases.first(where: { $0.label.description == name }) else {
        print("usage: apus-translate [FROM TO KIND ROUNDS]")
        exit(2)
    }
    return found
}

func column(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let text = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    return String(repeating: " ", count: max(0, 9 - text.count)) + text
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 4 {
    let work = Work(from: format(arguments[0]), to: format(arguments[1]))
    let rounds = max(1, Int(arguments[3]) ?? 1)
    // Once before, so that what is made once is not counted.
    print(measured(work, arguments[2], 1) &+ measured(work, arguments[2], rounds))
} else {
    print("µs: provider's format > caller's format, chunk, request, answer; passed: chunk, both")
    for source in WireFormat.allCases {
        for target in WireFormat.allCases {
            let work = Work(from: source, to: target)
            let name = "\(source.label) > \(target.label)"
            let figures = [
                microseconds(work, "chunk", 4000), microseconds(work, "request", 1000),
                microseconds(work, "answer", 1000), microseconds(work, "passed-chunk", 4000),
                microseconds(work, "passed", 1000),
            ]
            let padding = String(repeating: " ", count: max(0, 36 - name.count))
            print(name + padding + figures.map(column).joined())
        }
    }
}
