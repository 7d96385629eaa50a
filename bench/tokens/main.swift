// SPDX-License-Identifier: Apache-2.0
// Counts the tokens of a file again and again and writes milliseconds; see run.sh.
import Glibc
import Metering

/// A file's bytes; an empty array if it cannot be read.
func contents(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

func milliseconds(_ work: () -> Void) -> Double {
    let duration = ContinuousClock().measure(work)
    return Double(duration.components.seconds) * 1e3
        + Double(duration.components.attoseconds) / 1e15
}

let arguments = CommandLine.arguments.dropFirst()
guard let rounds = arguments.first.flatMap({ Int($0) }), rounds > 0 else {
    print("usage: apus-tokens ROUNDS FILE...")
    exit(2)
}
let load200 = milliseconds { _ = Tokenizer.o200k }
let load100 = milliseconds { _ = Tokenizer.cl100k }
print("load o200k \(load200)\nload cl100k \(load100)")
for path in arguments.dropFirst() {
    let bytes = contents(path)
    for (name, tokenizer) in [("o200k", Tokenizer.o200k), ("cl100k", Tokenizer.cl100k)] {
        var best = Double.infinity
        var count = 0
        for _ in 0..<rounds {
            best = min(best, milliseconds { count = tokenizer.count(bytes.span) })
        }
        print("count \(name) \(path) \(bytes.count) \(count) \(best)")
    }
}
