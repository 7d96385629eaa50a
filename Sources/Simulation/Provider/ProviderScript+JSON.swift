// SPDX-License-Identifier: Apache-2.0
public import Core
internal import HTTP
internal import JSON

extension ProviderScript {
    /// Names of the fields that a script document may have.
    public static let fieldNames = [
        "ttft_ms", "token_ms", "tokens", "chunk_bytes", "chunk_seed", "fail_rate", "seed",
        "status", "retry_after_s", "error", "behaviour", "after", "times", "timestamps", "replay",
        "headers", "models", "api_key", "text", "reset",
    ]

    /// Applies a JSON document: fields set replace, `null` restores the default, others stay.
    public mutating func apply(_ document: Bytes) throws(ScriptFault) {
        let tree: JSONTree
        do { tree = try JSONTree(document) } catch {
            throw ScriptFault("The script is no JSON: \(error.message).")
        }
        guard case .object(let members) = tree else {
            throw ScriptFault("A script is a JSON object, such as {\"status\": 503}.")
        }
        var changed = self
        for member in members { try changed.set(member.name.string, member.value) }
        self = changed
    }

    private mutating func set(_ name: String, _ value: JSONTree) throws(ScriptFault) {
        let fresh = ProviderScript()
        let isNull = value.isNull
        let field = ScriptField(name: name, value: value)
        switch name {
        case "ttft_ms": firstToken = isNull ? .zero : try field.milliseconds()
        case "token_ms": perToken = isNull ? .zero : try field.milliseconds()
        case "tokens": tokens = isNull ? fresh.tokens : try field.int(1...1_000_000)
        case "chunk_bytes": chunkBytes = isNull ? nil : try field.int(1...1_000_000)
        case "chunk_seed": chunkSeed = isNull ? nil : UInt64(try field.int(0...Int.max))
        case "fail_rate": failRate = isNull ? nil : try field.share()
        case "seed": seed = isNull ? fresh.seed : UInt64(try field.int(0...Int.max))
        case "status": status = isNull ? nil : try field.int(300...599)
        case "retry_after_s": retryAfter = isNull ? nil : try field.seconds()
        case "error": errorBody = isNull ? nil : field.body()
        case "behaviour": behaviour = isNull ? .ok : try field.behaviour()
        case "after": after = isNull ? fresh.after : try field.int(0...1_000_000)
        case "times": times = isNull ? nil : try field.int(0...1_000_000_000)
        case "timestamps": timestamps = isNull ? false : try field.bool()
        default: try setContent(name, field)
        }
    }

    private mutating func setContent(
        _ name: String, _ field: ScriptField
    ) throws(ScriptFault) {
        let isNull = field.value.isNull
        switch name {
        case "replay": replay = isNull ? nil : try ReplayedAnswer(script: field.value)
        case "headers": headers = isNull ? [] : try field.fields()
        case "models": models = isNull ? nil : try field.strings()
        case "api_key": apiKey = isNull ? nil : Secret(try field.text())
        case "text": text = isNull ? nil : try field.text()
        case "reset": _ = try field.bool()  // Obeyed by the provider, which owns the counters.
        default:
            let known = Self.fieldNames.joined(separator: ", ")
            throw ScriptFault("Unknown field '\(name)'. Known fields: \(known).")
        }
    }
}

/// One member of a script document, read as what its field wants.
private struct ScriptField {
    let name: String
    let value: JSONTree

    func int(_ range: ClosedRange<Int>) throws(ScriptFault) -> Int {
        guard let number = value.int, range.contains(number) else {
            throw wants("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func milliseconds() throws(ScriptFault) -> Duration {
        guard let number = value.double, number >= 0, number <= 86_400_000 else {
            throw wants("milliseconds from 0 to 86400000")
        }
        return .nanoseconds(Int64(number * 1e6))
    }

    func seconds() throws(ScriptFault) -> Duration {
        guard let number = value.double, number >= 0, number <= 86_400 else {
            throw wants("seconds from 0 to 86400")
        }
        return .nanoseconds(Int64(number * 1e9))
    }

    func share() throws(ScriptFault) -> Double {
        guard let number = value.double, number >= 0, number <= 1 else {
            throw wants("a share from 0 to 1")
        }
        return number
    }

    func bool() throws(ScriptFault) -> Bool {
        guard let value = value.bool else { throw wants("true or false") }
        return value
    }

    func text() throws(ScriptFault) -> Bytes {
        guard let text = value.string else { throw wants("a string") }
        return text
    }

    func strings() throws(ScriptFault) -> [Bytes] {
        let found = value.elements.compactMap(\.string)
        guard case .array = value, found.count == value.elements.count else {
            throw wants("an array of strings")
        }
        return found
    }

    /// An error body: a string stands for itself, anything else for its JSON.
    func body() -> Bytes {
        if let text = value.string { return text }
        var writer = JSONWriter()
        writer.tree(value)
        return writer.finish()
    }

    func behaviour() throws(ScriptFault) -> ProviderBehaviour {
        if let text = value.string, let found = ProviderBehaviour(rawValue: text.string) {
            return found
        }
        let known = ProviderBehaviour.allCases.map(\.rawValue).joined(separator: ", ")
        throw wants("one of \(known)")
    }

    func fields() throws(ScriptFault) -> [ScriptedField] {
        guard case .object(let members) = value else { throw wants("an object of strings") }
        var fields: [ScriptedField] = []
        for member in members {
            guard let text = member.value.string, isToken(member.name.span),
                isSafeFieldValue(text.span)
            else { throw wants("an object of field names with string values") }
            fields.append(ScriptedField(name: member.name, value: text))
        }
        return fields
    }

    private func wants(_ what: String) -> ScriptFault {
        ScriptFault("The field '\(name)' must be \(what).")
    }
}
