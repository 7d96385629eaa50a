// SPDX-License-Identifier: Apache-2.0

/// Walks the arguments of a command: `--name value`, `--name=value` and `--flag`.
public struct OptionReader {
    private var rest: ArraySlice<String>
    private var attached: String?
    /// The option that `next` returned last.
    public private(set) var current = ""

    public init(_ arguments: [String]) { rest = arguments[...] }

    /// The next option's name with its dashes; nil at the end.
    public mutating func next() throws(UsageFault) -> String? {
        if let attached { throw UsageFault("\(current) takes no value, but got '\(attached)'.") }
        guard let word = rest.popFirst() else { return nil }
        guard word.hasPrefix("-"), word.count > 1 else {
            throw UsageFault("Unexpected argument '\(word)'.")
        }
        guard let equals = word.firstIndex(of: "=") else {
            current = word
            return word
        }
        current = String(word[..<equals])
        attached = String(word[word.index(after: equals)...])
        return current
    }

    /// The value of the current option.
    public mutating func value() throws(UsageFault) -> String {
        if let attached {
            self.attached = nil
            return attached
        }
        guard let word = rest.popFirst() else { throw UsageFault("\(current) needs a value.") }
        return word
    }

    /// The value as a whole number in a range.
    public mutating func int(_ range: ClosedRange<Int>) throws(UsageFault) -> Int {
        let text = try value()
        guard let number = Int(text), range.contains(number) else {
            throw UsageFault(
                "\(current) needs a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound), not '\(text)'.")
        }
        return number
    }

    /// The value as a number in a range.
    public mutating func double(_ range: ClosedRange<Double>) throws(UsageFault) -> Double {
        let text = try value()
        guard let number = Double(text), range.contains(number) else {
            throw UsageFault(
                "\(current) needs a number from \(range.lowerBound) to "
                    + "\(range.upperBound), not '\(text)'.")
        }
        return number
    }
}

/// A command that was called wrongly; the exit code is 2.
public struct UsageFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sentence for whoever typed the command.
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
