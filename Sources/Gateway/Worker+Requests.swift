// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Telemetry

extension Worker {
    // MARK: - Before the body

    /// Judges a head before its body is read.
    func receive(_ head: consuming RequestHead) -> Reception {
        var verdict = Reception.Verdict(
            dialect: Dialect(path: head.pathSpan), bodyLimit: live.values.limits.bodyBytes)
        judge(head, &verdict)
        let id = requestID(of: head)
        return Reception(head: head, live: live, verdict: verdict, id: id, started: loop.now)
    }

    private func judge(_ head: borrowing RequestHead, _ verdict: inout Reception.Verdict) {
        switch Endpoint.find(head) {
        case .failure(let note): verdict.rejection = note
        case .success(let endpoint):
            verdict.endpoint = endpoint
            if let dialect = endpoint.dialect { verdict.dialect = dialect }
            if endpoint.needsKey { identify(head, &verdict) }
            guard verdict.rejection == nil, case .inference = endpoint else {
                guard case .stored(let call) = endpoint else { return }
                admit(call, head, &verdict)
                return verdict.rejection == nil ? judge(stored: call, head, &verdict) : ()
            }
            verdict.rejection = judgeBody(head)
            guard verdict.rejection == nil else { return }
            do throws(RejectionNote) {
                verdict.options = try RequestOptions(head.fields, limits: live.values.timeouts)
            } catch { verdict.rejection = error }
        }
    }

    private func identify(_ head: borrowing RequestHead, _ verdict: inout Reception.Verdict) {
        let values = live.values
        switch authenticator.identify(
            head.fields, in: values.keys, generation: values.generation,
            parameter: verdict.dialect == .gemini ? Self.keyParameter(head) : nil)
        {
        case .open: break
        case .known(let key): verdict.key = key
        case .refused(let note): verdict.rejection = note
        }
    }

    private static func keyParameter(_ head: borrowing RequestHead) -> Bytes? {
        guard let query = head.query, let value = query.span.queryValue("key") else { return nil }
        return query.span.extracting(value).percentDecoded
    }

    private func judgeBody(_ head: borrowing RequestHead) -> RejectionNote? {
        if isDraining {
            return RejectionNote(.draining, GatewaySentence.of(.draining))
        }
        if let type = head.fields.firstIndex(of: KnownField.contentType),
            !Self.isJSON(head.fields.valueSpan(at: type))
        {
            return RejectionNote(
                .unsupportedMediaType, "The content-type must be application/json.")
        }
        if let coding = head.fields.firstIndex(of: KnownField.contentEncoding),
            !head.fields.valueSpan(at: coding).equals("identity")
        {
            return RejectionNote(
                .unsupportedMediaType, "The body must be sent without a content-encoding.")
        }
        let limit = live.values.limits.bodyBytes
        if case .length(let length) = head.framing, length > limit {
            return .bodyTooLarge(limit: limit)
        }
        return nil
    }

    private static func isJSON(_ type: Span<UInt8>) -> Bool {
        guard type.hasPrefixIgnoringCase("application/json") else { return false }
        return type.count == 16 || type[16] == UInt8(ascii: ";") || type[16] == 0x20
    }

    private func requestID(of head: borrowing RequestHead) -> Bytes {
        RequestID.accept(head.fields[.xRequestID], random: &random)
    }

    // MARK: - With the body

    /// Answers a complete request that was not refused.
    func serve(_ reception: Reception, on client: ServerConnection) {
        switch reception.endpoint {
        case .inference(let operation): infer(operation, reception, on: client)
        case .stored(let call):
            begin(stored: call, reception, on: client, isWhole: true)
        case .models: answerModels(reception, on: client)
        case .model(let name, _): answerModel(name, reception, on: client)
        case .ollamaVersion: answerVersion(reception, on: client)
        case .liveness: answerText("ok\n", 200, reception, on: client)
        case .readiness:
            answerText(
                isDraining ? "draining\n" : "ready\n", isDraining ? 503 : 200, reception, on: client
            )
        case .health: answerHealth(reception, on: client)
        case .metrics: answerMetrics(reception, on: client)
        case nil: preconditionFailure("a request without an endpoint was not refused")
        }
    }

    private func infer(
        _ operation: Operation, _ reception: Reception, on client: ServerConnection
    ) {
        do throws(RejectionNote) {
            let request = try parse(reception, operation)
            let route = try route(for: request.model, reception)
            let exchange = Exchange(
                worker: self, client: client, reception: reception, request: request, route: route)
            reporter.onBegin()
            client.begin(exchange)
            exchange.proceed()
        } catch {
            refuse(reception, error, keepAlive: reception.head.keepAlive, on: client)
        }
    }

    private func parse(
        _ reception: Reception, _ operation: Operation
    ) throws(RejectionNote) -> InferenceRequest {
        do throws(RequestFault) {
            return try InferenceRequest(body: reception.takeBody(), operation: operation)
        } catch { throw RejectionNote(error) }
    }

    private func route(for model: Bytes, _ reception: Reception) throws(RejectionNote) -> Int {
        if let key = reception.key, !reception.live.values.keys.keys[key].allows(model) {
            throw RejectionNote(
                .modelNotAllowed, "This API key may not use the model \(model.shown).",
                parameter: "model")
        }
        guard let route = reception.live.values.routes.find(model) else {
            throw RejectionNote(
                .unknownModel,
                "There is no model \(model.shown) here; GET /v1/models lists those that there are.",
                parameter: "model")
        }
        return route
    }

    // MARK: - Refusals

    /// Refuses a request and goes on with the connection, or not.
    func refuse(
        _ reception: Reception, _ note: RejectionNote, keepAlive: Bool, on client: ServerConnection
    ) {
        writeRejection(note, AnswerContext(reception, keepAlive: keepAlive), to: client.transport)
        reporter.record(refused: reception, note)
        client.finish(keepAlive: keepAlive)
    }

    /// Refuses bytes that never became a request; the connection closes behind the answer.
    func refuseUnread(_ note: RejectionNote, on client: ServerConnection) {
        writeRejection(note, AnswerContext(), to: client.transport)
        reporter.record(unread: note)
    }
}

extension Bytes {
    /// A name from outside as it may stand in a message: short, quoted, without control characters.
    var shown: String {
        let limit = 100
        let text = prefix(limit).string.unicodeScalars.map { $0.value < 0x20 ? " " : String($0) }
        return "`\(text.joined())\(count > limit ? "…" : "")`"
    }
}
