// SPDX-License-Identifier: Apache-2.0

/// A call or name that may not occur, and what takes its place.
struct BannedCall: Sendable {
    /// Compared with the code of a line, which has neither comments nor the insides of strings.
    let pattern: String
    let replacement: String
    /// Modules that may use it.
    var except: Set<String> = []
    var inTests = false

    func occurs(in code: String) -> Bool {
        var rest = code[...]
        while let place = rest.firstRange(of: pattern) {
            let before = code[..<place.lowerBound].last
            let isWhole = pattern.first?.isWordStart != true || before?.continuesWord != true
            if isWhole { return true }
            rest = rest[place.upperBound...]
        }
        return false
    }
}

extension Character {
    var isWordStart: Bool { isLetter || self == "_" }
    /// Whether a name that follows would be a part or a member of something else.
    var continuesWord: Bool { isLetter || isNumber || self == "_" || self == "." }
}

extension StringProtocol {
    /// The first place of a text; the standard library's own search wants regular expressions.
    func firstRange(of pattern: String) -> Range<Index>? {
        guard let first = pattern.utf8.first else { return nil }
        var rest = utf8[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: pattern.utf8) {
                return start..<rest.index(start, offsetBy: pattern.utf8.count)
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}

extension String {
    /// Whether a line calls the standard library's `random`, or may when the call goes on below;
    /// a function of ours by that name has other parameters.
    var drawsAtRandom: Bool {
        var rest = self[...]
        while let place = rest.firstRange(of: ".random(") {
            rest = rest[place.upperBound...]
            let next = rest.drop { $0 == " " }
            if next.isEmpty || next.hasPrefix("in:") || next.hasPrefix(")") { return true }
        }
        return false
    }
}

extension Rule {
    static let bannedCalls: [BannedCall] = [
        BannedCall(pattern: "Data(", replacement: "Bytes"),
        BannedCall(pattern: "URL(", replacement: "the authority and path as Bytes"),
        BannedCall(pattern: "Date(", replacement: "a `now:` parameter"),
        BannedCall(
            pattern: "ContinuousClock", replacement: "a `now:` parameter", except: ["Reactor"]),
        BannedCall(
            pattern: "SuspendingClock", replacement: "a `now:` parameter", except: ["Reactor"]),
        BannedCall(pattern: ".shuffled()", replacement: "shuffled(using: &SeededGenerator)"),
        BannedCall(pattern: ".randomElement()", replacement: "randomElement(using:)"),
        BannedCall(
            pattern: "SystemRandomNumberGenerator", replacement: "SeededGenerator",
            except: ["Reactor", "Node"]),
        BannedCall(pattern: "UUID(", replacement: "SeededGenerator or RequestID"),
        BannedCall(pattern: "Task.sleep", replacement: "the timer wheel", inTests: true),
        BannedCall(pattern: "Thread.sleep", replacement: "the timer wheel", inTests: true),
        BannedCall(pattern: "usleep(", replacement: "the timer wheel", inTests: true),
        BannedCall(pattern: "sleep(", replacement: "the timer wheel", inTests: true),
        BannedCall(pattern: "Task.detached", replacement: "structured tasks or the worker"),
        BannedCall(pattern: "Task {", replacement: "structured tasks or the worker"),
        BannedCall(pattern: "DispatchQueue", replacement: "Reactor"),
        BannedCall(pattern: "NSLock", replacement: "Mutex"),
        BannedCall(pattern: "AsyncStream", replacement: "a bounded queue in the machine"),
        BannedCall(pattern: "JSONDecoder", replacement: "the scanner of JSON"),
        BannedCall(pattern: "JSONEncoder", replacement: "JSONWriter"),
        BannedCall(pattern: "String(format:", replacement: "ByteWriter", inTests: true),
        BannedCall(pattern: "print(", replacement: "Log", except: ["apus"]),
        BannedCall(pattern: "debugPrint(", replacement: "Log"),
        BannedCall(
            pattern: "fatalError(", replacement: "preconditionFailure with a sentence",
            except: ["apus"]),
        BannedCall(pattern: "@concurrent", replacement: "a nonsending function"),
        BannedCall(pattern: "DateFormatter", replacement: "ByteWriter", inTests: true),
    ]

    static let calls = [banned, unseeded]

    static let banned = Rule(name: "banned calls are not used") { source in
        guard source.isSource || source.isTest else { return [] }
        return source.code.indices.flatMap { index in
            bannedCalls.filter { call in
                (source.isSource ? !call.except.contains(source.module) : call.inTests)
                    && call.occurs(in: source.code[index])
            }.map { source.finding(index, "\($0.pattern) is banned; use \($0.replacement)") }
        }
    }

    static let unseeded = Rule(name: "randomness comes from a generator that is passed in") {
        source in
        guard source.isSource || source.isTest else { return [] }
        return source.code.indices.compactMap { index in
            let code = source.code[index]
            guard code.drawsAtRandom, code.firstRange(of: "using:") == nil else { return nil }
            return source.finding(index, ".random(in:) is banned; pass `using:` a SeededGenerator")
        }
    }
}
