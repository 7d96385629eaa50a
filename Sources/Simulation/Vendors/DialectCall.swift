// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// One request as the services of the dialects see it.
struct DialectCall {
    let head: RequestHead
    let body: Bytes
    let script: ProviderScript
    let now: Timestamp
    let behaviour: ProviderBehaviour
    let path: String

    init(
        _ head: RequestHead, body: Bytes, script: ProviderScript, now: Timestamp,
        behaviour: ProviderBehaviour
    ) {
        self.head = head
        self.body = body
        self.script = script
        self.now = now
        self.behaviour = behaviour
        path = head.path.string
    }

    /// The body of a POST as a tree.
    func tree() throws(ProviderRefusal) -> JSONTree {
        guard head.method == .post else { throw .wrongMethod(head.methodName) }
        guard let tree = try? JSONTree(body), case .object = tree else { throw .malformed }
        return tree
    }

    /// Lets a GET pass.
    func demandGet() throws(ProviderRefusal) {
        guard head.method == .get else { throw .wrongMethod(head.methodName) }
    }

    /// Checks the key that was sent against the script's; `wrong` is thrown for a missing one too.
    func check(_ key: Bytes?, else wrong: ProviderRefusal) throws(ProviderRefusal) {
        guard let wanted = script.apiKey else { return }
        guard let key, Secret(key) == wanted else { throw wrong }
    }

    /// The key behind `Bearer `.
    var bearer: Bytes? {
        guard let field = head.fields[.authorization],
            field.prefix(7).span.equalsIgnoringCase("bearer ")
        else { return nil }
        return field.dropFirst(7)
    }

    /// Whether the script knows a model.
    func knows(_ model: Bytes) -> Bool { script.models?.contains(model) ?? true }

    /// Turns an answer's events into an answer; the last ones go if the script wants no end.
    func stream(
        _ pieces: [StreamPiece], closing: Int = 1, type: StaticString, tokens: Int
    ) -> ProviderAnswer {
        let kept = behaviour == .noDone ? Array(pieces.dropLast(closing)) : pieces
        var answer = ProviderAnswer(Bytes())
        answer.contentType = type
        answer.body = .pieces(PieceStream(kept))
        answer.tokens = tokens
        return answer
    }

    /// A value of the query, not decoded.
    func query(_ name: String) -> String? {
        let pairs = head.query?.string.split(separator: "&") ?? []
        let found = pairs.first { $0.hasPrefix(name + "=") }
        return found.map { String($0.dropFirst(name.count + 1)) }
    }
}
