// SPDX-License-Identifier: Apache-2.0
import Config
import Simulation

/// The words behind a subcommand: options with values, and operands.
struct Arguments {
    private(set) var operands: [String] = []
    private var values: [String: String] = [:]
    private var given: Set<String> = []

    /// Reads `--name value` and `--name=value`; everything behind `--` is an operand.
    ///
    /// An option given twice counts once: the last wins, so that scripts can append.
    /// Flags stand alone, without a value.
    init(
        _ words: [String], options: [String] = [], flags: [String] = []
    ) throws(UsageFault) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            guard word.hasPrefix("-"), word.count > 1 else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if flags.contains(name) {
                guard parts.count == 1 else { throw UsageFault("\(name) takes no value.") }
                given.insert(name)
                continue
            }
            guard options.contains(name) else { throw Self.unknown(name, options + flags) }
            guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
                throw UsageFault("\(name) needs a value.")
            }
            values[name] = value
        }
    }

    private static func unknown(_ name: String, _ options: [String]) -> UsageFault {
        let hint = NearestName.find(name, among: options + ["--help"])
        return UsageFault(
            "There is no option '\(name)'" + (hint.map { "; did you mean '\($0)'?" } ?? "."))
    }

    subscript(option: String) -> String? { values[option] }

    func has(_ flag: String) -> Bool { given.contains(flag) }

    /// The value of an option as a whole number in a range.
    func int(_ option: String, _ range: ClosedRange<Int>) throws(UsageFault) -> Int? {
        guard let text = values[option] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageFault(
                "\(option) needs a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not '\(text)'.")
        }
        return number
    }

    /// Refuses operands beyond the first `count`.
    func allowOperands(_ count: Int) throws(UsageFault) {
        guard operands.count > count else { return }
        throw UsageFault("'\(operands[count])' is not expected here.")
    }
}
