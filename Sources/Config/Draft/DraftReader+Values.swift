// SPDX-License-Identifier: Apache-2.0
import Core

extension DraftReader {
    /// Text with references resolved; `expected` completes "must be …" of the message.
    mutating func text(_ node: YAMLNode?, _ key: String, _ expected: String) -> ReadText? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node.content, !scalar.isNull else {
            wrongType(node, "'\(key)' must be \(expected)")
            return nil
        }
        do throws(References.Fault) {
            let resolved = try references.resolve(scalar.text)
            if let file = resolved.file { noteFile(file) }
            return ReadText(
                text: resolved.text, position: node.position, shown: quoted(scalar.text),
                isQuotedLiteral: !scalar.isPlain && !resolved.isReference)
        } catch {
            if let file = error.file { noteFile(file) }
            diagnostics.fault(node.position, error.message)
            return nil
        }
    }

    mutating func name(
        _ node: YAMLNode?, _ key: String, _ rule: NameRule
    ) -> Located<String>? {
        guard let read = text(node, key, "a name") else { return nil }
        if let fault = rule.fault(read.text) {
            diagnostics.fault(read.position, "\(read.shown) \(fault)")
            return nil
        }
        return Located(value: read.text, position: read.position)
    }

    mutating func names(
        _ node: YAMLNode?, _ key: String, _ rule: NameRule, example: String
    ) -> [Located<String>]? {
        list(node, key, example: example)?.compactMap { name($0, key, rule) }
    }

    mutating func integer(
        _ node: YAMLNode?, _ key: String, in range: ClosedRange<Int>
    ) -> Located<Int>? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let read = text(node, key, expected) else { return nil }
        guard !read.isQuotedLiteral, Self.isDecimal(read.text), let value = Int(read.text),
            range.contains(value)
        else {
            refuse(read, key, expected, hint: read.isQuotedLiteral ? " in quotes" : "")
            return nil
        }
        return Located(value: value, position: read.position)
    }

    mutating func duration(
        _ node: YAMLNode?, _ key: String, in range: ClosedRange<Duration>
    ) -> Located<Duration>? {
        let low = UnitText.show(range.lowerBound)
        let high = UnitText.show(range.upperBound)
        let expected = "a duration from \(low) to \(high), such as 500ms, 5s, 10m or 1h"
        guard let read = text(node, key, expected) else { return nil }
        guard let value = UnitText.duration(read.text), range.contains(value) else {
            refuse(read, key, expected)
            return nil
        }
        return Located(value: value, position: read.position)
    }

    mutating func size(
        _ node: YAMLNode?, _ key: String, in range: ClosedRange<Int>
    ) -> Located<Int>? {
        let low = UnitText.show(bytes: range.lowerBound)
        let high = UnitText.show(bytes: range.upperBound)
        let expected = "a size from \(low) to \(high), such as 64KB or 32MiB"
        guard let read = text(node, key, expected) else { return nil }
        guard let value = UnitText.size(read.text), range.contains(value) else {
            refuse(read, key, expected)
            return nil
        }
        return Located(value: value, position: read.position)
    }

    mutating func flag(_ node: YAMLNode?, _ key: String) -> Located<Bool>? {
        guard let read = text(node, key, "true or false") else { return nil }
        switch read.text {
        case "true" where !read.isQuotedLiteral:
            return Located(value: true, position: read.position)
        case "false" where !read.isQuotedLiteral:
            return Located(value: false, position: read.position)
        default:
            let hint = read.isQuotedLiteral ? " in quotes" : ""
            refuse(read, key, "true or false", hint: hint)
            return nil
        }
    }

    /// One of a closed set of words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: YAMLNode?, _ key: String, as type: Choice.Type
    ) -> Located<Choice>? where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        guard let read = text(node, key, alternatives(words)) else { return nil }
        if let value = Choice(rawValue: read.text) {
            return Located(value: value, position: read.position)
        }
        if Unsupported.isValue(read.text, of: key) {
            diagnostics.fault(
                read.position,
                "'\(key): \(read.text)' is not supported by this version;"
                    + " write \(alternatives(words))")
        } else if let nearest = NearestName.find(read.text, among: words) {
            refuse(read, key, alternatives(words), hint: "; did you mean '\(nearest)'?")
        } else {
            refuse(read, key, alternatives(words))
        }
        return nil
    }

    /// A path; relative ones begin at the configuration's folder.
    mutating func path(_ node: YAMLNode?, _ key: String) -> Located<String>? {
        guard let read = text(node, key, "a path") else { return nil }
        guard !read.text.isEmpty, !read.text.utf8.contains(0), read.text.utf8.count < 4096 else {
            refuse(read, key, "a path")
            return nil
        }
        return Located(value: references.absolute(read.text), position: read.position)
    }

    mutating func listenAddress(_ node: YAMLNode?, _ key: String) -> Located<ListenAddress>? {
        guard let read = text(node, key, "an address such as 127.0.0.1:8080") else { return nil }
        do throws(ListenAddress.Fault) {
            return Located(
                value: try ListenAddress(parsing: read.text), position: read.position)
        } catch {
            diagnostics.fault(read.position, "\(read.shown) \(error.message)")
            return nil
        }
    }

    /// Reports text that does not fit its key.
    mutating func refuse(
        _ read: ReadText, _ key: String, _ expected: String, hint: String = ""
    ) {
        diagnostics.fault(
            read.position, "'\(key)' must be \(expected), not \(read.shown)\(hint)")
    }

    private static func isDecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(ASCII.isDigit)
    }
}
