// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// What an error body says, whichever of the known shapes it has.
///
/// Seen: an object under `error`, a text under `error`, `message` or `detail` at the top, any of
/// these in a list of one, and plain text.
struct ErrorFacts {
    private(set) var message = Bytes()
    private(set) var type: Bytes?
    private(set) var code: Bytes?
    /// Google's name of the status.
    private(set) var status: Bytes?
    private(set) var param: Bytes?
    /// Google's list of details.
    private(set) var details: JSONSlice?
    let body: ChatBody

    /// Most bytes of a text that is no JSON kept as the message.
    private static var textLimit: Int { 512 }

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        do throws(JSONFault) {
            var root = try JSONScanner.validate(bytes.span)
            if root.kind == .array {
                var elements = JSONElements(of: root, in: bytes.span)
                root = elements.next() ?? root
            }
            read(root)
        } catch {
            message = bytes.prefix(Self.textLimit)
        }
    }

    private mutating func read(_ object: JSONSlice) {
        let bytes = body.bytes
        var members = JSONMembers(of: object, in: bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "error") || body.isNamed(member, "detail"),
                member.value.kind == .object
            {
                read(member.value)
            } else if body.isNamed(member, "message") || body.isNamed(member, "error")
                || body.isNamed(member, "detail")
            {
                if let text = member.value.string(in: bytes) { message = text }
            } else if body.isNamed(member, "type") {
                type = scalar(member.value)
            } else if body.isNamed(member, "code") {
                code = scalar(member.value)
            } else if body.isNamed(member, "status") {
                status = scalar(member.value)
            } else if body.isNamed(member, "param") {
                param = scalar(member.value)
            } else if body.isNamed(member, "details"), member.value.kind == .array {
                details = member.value
            }
        }
    }

    private func scalar(_ value: JSONSlice) -> Bytes? {
        switch value.kind {
        case .string: value.string(in: body.bytes)
        case .number: body.raw(value)
        default: nil
        }
    }

    /// Whether the message holds a lower-case phrase, in any case.
    func says(_ phrase: StaticString) -> Bool { message.span.containsIgnoringCase(phrase) }
}

extension ProviderError {
    static func malformed(_ message: Bytes) -> ProviderError {
        ProviderError(kind: .malformedAnswer, status: 502, message: message)
    }

    static func malformed(_ fault: JSONFault) -> ProviderError {
        var writer = ByteWriter(capacity: 160)
        writer.append("The provider's answer is not valid JSON: ")
        writer.append(fault.message)
        writer.append(".")
        return malformed(writer.finish())
    }
}

extension ProviderError.Kind {
    /// What a status means when the body says nothing.
    static func implied(by status: Int) -> ProviderError.Kind {
        switch status {
        case 401: .authentication
        case 402: .billing
        case 403: .permission
        case 404: .modelNotFound
        case 408, 504: .timeout
        case 413: .requestTooLarge
        case 429: .rateLimited
        case 503, 529: .overloaded
        case 500...: .internalError
        case 400..<500: .invalidRequest
        default: .internalError
        }
    }
}

extension Span where Element == UInt8 {
    /// Whether these bytes hold a lower-case text, in any case.
    func containsIgnoringCase(_ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        guard count >= length else { return false }
        for start in 0...count - length
        where extracting(start..<start + length).equalsIgnoringCase(lowercase) {
            return true
        }
        return false
    }
}
