// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// What accounting needs of a whole answer in OpenAI form, read without building a tree.
public struct AnswerFacts: Sendable, Equatable {
    public private(set) var usage: Usage?
    /// The model that the provider says answered.
    public private(set) var model: Bytes?
    /// Whether the body has an `error` that is not null.
    public private(set) var isError = false

    /// Glances at a body, which may be anything: what is not found stays nil.
    public init(_ body: Bytes) {
        let span = body.span
        var members = JSONMembers(in: span)
        while let member = members.next() {
            if member.key.equals("usage", in: span) {
                usage = Usage(member.value, in: span) ?? usage
            } else if member.key.equals("model", in: span) {
                model = member.value.string(in: body)
            } else if member.key.equals("error", in: span) {
                isError = member.value.kind != .null
            } else if usage == nil, member.key.equals("x_groq", in: span) {
                usage = Usage(groq: member.value, in: span)
            }
        }
    }
}

extension Usage {
    /// Groq puts the usage of a stream into an object of its own.
    init?(groq object: JSONSlice, in bytes: Span<UInt8>) {
        var members = JSONMembers(of: object, in: bytes)
        while let member = members.next() {
            guard member.key.equals("usage", in: bytes) else { continue }
            self.init(member.value, in: bytes)
            return
        }
        return nil
    }
}
