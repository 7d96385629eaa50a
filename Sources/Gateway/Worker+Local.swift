// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import JSON
internal import Reactor

/// Answers that need no upstream.
extension Worker {
    func answerText(
        _ text: Bytes, _ status: Int, _ reception: Reception, on client: ServerConnection
    ) {
        answer(status, "text/plain; charset=utf-8", text, reception, on: client)
    }

    private func answer(
        _ status: Int, _ type: StaticString, _ body: Bytes, _ reception: Reception,
        on client: ServerConnection
    ) {
        let keepAlive = reception.head.keepAlive
        writeAnswer(
            WholeAnswer(status: status, contentType: type, body: body),
            AnswerContext(reception, keepAlive: keepAlive), to: client.transport)
        reporter.record(local: reception, status: status)
        client.finish(keepAlive: keepAlive)
    }

    // MARK: - Models

    /// The models that the caller's key may use; patterns are no models and are left out.
    func answerModels(_ reception: Reception, on client: ServerConnection) {
        let cards = reception.live.values.routes.routes.compactMap { route -> ModelCard? in
            let name = Bytes(route.name)
            guard name.span.firstIndex(of: UInt8(ascii: "*")) == nil, allows(name, reception) else {
                return nil
            }
            return card(name, reception.live)
        }
        answer(
            200, "application/json", ModelCard.encodedList(cards, for: reception.dialect),
            reception, on: client)
    }

    func answerModel(_ name: Bytes, _ reception: Reception, on client: ServerConnection) {
        guard allows(name, reception), reception.live.values.routes.find(name) != nil else {
            let note = RejectionNote(
                .unknownModel, "There is no such model here for this key.", parameter: "model")
            return refuse(reception, note, keepAlive: reception.head.keepAlive, on: client)
        }
        let shown = card(name, reception.live).encoded(for: reception.dialect)
        answer(200, "application/json", shown, reception, on: client)
    }

    /// The version of Ollama whose API this is; clients of it look whether theirs is older.
    func answerVersion(_ reception: Reception, on client: ServerConnection) {
        answer(200, "application/json", #"{"version":"0.12.6"}"#, reception, on: client)
    }

    private func allows(_ model: Bytes, _ reception: Reception) -> Bool {
        guard let key = reception.key else { return true }
        return reception.live.values.keys.keys[key].allows(model)
    }

    private func card(_ name: Bytes, _ live: LiveSnapshot) -> ModelCard {
        let route = live.values.routes.find(name)
        return ModelCard(
            id: name, created: live.values.loadedAt.seconds, ownedBy: "apus",
            details: ModelDetails(route.map { live.candidates(of: $0) } ?? [], asked: name))
    }

    // MARK: - Health

    func answerHealth(_ reception: Reception, on client: ServerConnection) {
        var json = JSONWriter(ByteWriter(capacity: 256))
        json.beginObject()
        json.key("status")
        json.string(isDraining ? "draining" as StaticString : "ok")
        json.key("node")
        json.string(Bytes(live.values.node.name))
        json.key("generation")
        json.int(Int(live.values.generation))
        json.key("connections")
        json.int(connectionCount)
        json.endObject()
        answer(
            isDraining ? 503 : 200, "application/json", json.finish(), reception, on: client)
    }

    /// On this port metrics are for the operator's key only; the admin port asks for none.
    func answerMetrics(_ reception: Reception, on client: ServerConnection) {
        guard let digest = live.values.admin.keyDigest,
            authenticator.matches(reception.head.fields, digest)
        else {
            let note = RejectionNote(
                .missingKey,
                """
                Metrics need the admin key here; on the admin address \(live.values.listen.admin) \
                they need none.
                """
            )
            return refuse(reception, note, keepAlive: reception.head.keepAlive, on: client)
        }
        let accept = reception.head.fields[.accept] ?? Bytes()
        let (type, text) = reporter.metricsText(accept: accept)
        answer(200, type, text, reception, on: client)
    }
}
