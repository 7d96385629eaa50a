// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor
internal import Upstreams

/// Attempts at targets that speak another format than the caller.
extension Exchange {
    /// Makes the request ready for the target chosen; nil once it is, else why it cannot be asked.
    func prepare(for pool: UpstreamPool, policy: FieldPolicy) -> RequestFault? {
        if pool.needsImageBytes, let format = request.operation.chatFormat,
            let fault = imageFault(format)
        {
            return fault
        }
        let found = pool.needsImageBytes ? fetchedImages : nil
        if pool.serves(call), found == nil {
            translation?.pause()
            return nil
        }
        do throws(RequestFault) {
            if translation == nil { translation = try Translation(request) }
            guard let translation, let target = candidate?.target else {
                return .unserved(request.operation, by: pool.name)
            }
            let model = target.model(asked: request.model)
            translation.images = found
            let isWritten = translation.prepare(
                for: pool, model: model, policy: policy,
                takesSampling: candidate?.takesSampling ?? true)
            if isWritten { return nil }
            return translation.lastFault ?? .unserved(request.operation, by: pool.name)
        } catch { return error }
    }

    /// An answer has begun that has to be turned into the caller's format.
    func beginTranslated(_ head: consuming ResponseHead, _ attempt: Translation.Attempt) {
        guard let translation else { return }
        translated = TranslatedAnswer(
            head, attempt, of: translation, for: translation.caller(of: self, attempt.format))
        translated?.translator?.text = meter?.text
    }

    func onTranslatedBody(_ bytes: Span<UInt8>, _ answer: TranslatedAnswer) {
        guard answer.kind == .stream, let translator = answer.translator else {
            let isKept = answer.collect(bytes, limit: live.values.limits.answerBytes)
            if !isKept { failTranslated(.tooLarge) }
            return
        }
        do throws(ProviderError) {
            try translator.onBytes(bytes, to: &answer.output)
        } catch { return failTranslated(error) }
        let isBegun =
            translator.facts.hasToken || translator.facts.isComplete
            || answer.output.count > TranslatedAnswer.heldLimit
        guard isBegun || machine.state == .relaying else { return }
        commitTranslated(answer, status: answer.head.status, length: nil)
        writeOutput(of: answer)
        afterPiece()
    }

    private func writeOutput(of answer: TranslatedAnswer) {
        guard !answer.output.isEmpty else { return }
        let bytes = answer.output.take()
        facts.answerBytes += bytes.count
        client.transport.write { writer in
            if answer.framing == .chunked {
                writer.appendChunk(bytes.span)
            } else {
                writer.append(bytes)
            }
        }
    }

    /// The provider has said all.
    func onTranslatedEnd(_ answer: TranslatedAnswer) {
        switch answer.kind {
        case .stream: endStream(answer)
        case .whole: endWhole(answer)
        case .failure: answerFailure(answer.turnFailure(), answer)
        }
    }

    private func endStream(_ answer: TranslatedAnswer) {
        guard let translator = answer.translator else { return }
        do throws(ProviderError) {
            try translator.finish(&answer.output)
        } catch { return failTranslated(error) }
        guard translator.facts.isComplete else {
            return onAttemptFailed(.broken, wasReused: false, gotBytes: true)
        }
        commitTranslated(answer, status: answer.head.status, length: nil)
        finishTranslated(answer)
    }

    private func endWhole(_ answer: TranslatedAnswer) {
        do throws(ProviderError) { try answer.turnWhole() } catch { return failTranslated(error) }
        let length = answer.translator == nil ? answer.output.count : nil
        commitTranslated(answer, status: answer.head.status, length: length)
        finishTranslated(answer)
    }

    /// Tells the provider's refusal in the caller's words.
    private func answerFailure(_ error: ProviderError, _ answer: TranslatedAnswer) {
        let error = error.withSaneStatus
        answer.limits = RateLimitReport(answer.head.fields, now: worker.loop.wallNow)
        answer.limits.take(error)
        let body = ErrorBody(error, requestID: reception.id).encoded(for: reception.dialect)
        answer.output.append(body)
        commitTranslated(answer, status: error.status, length: body.count)
        finishTranslated(answer)
    }

    private func finishTranslated(_ answer: TranslatedAnswer) {
        writeOutput(of: answer)
        if answer.framing == .chunked { client.transport.write { $0.appendLastChunk() } }
        endAnswered(keepAlive: reception.head.keepAlive && answer.framing != .untilClose)
    }

    /// The provider failed inside its answer, or said nothing that can be read.
    private func failTranslated(_ error: ProviderError) {
        let error = error.withSaneStatus
        translation?.lastError = error
        dropCarrier()
        let fault: AttemptFault = error.kind == .malformedAnswer ? .garbage : .status(error.status)
        onAttemptFailed(fault, wasReused: false, gotBytes: true)
    }

    /// The client has part of the answer: says in its words why there is no more.
    func writeBreak(_ note: RejectionNote, in answer: TranslatedAnswer) {
        guard let translator = answer.translator else { return }
        var error = ErrorBody(
            status: note.status, message: Bytes(note.message), code: note.code,
            requestID: reception.id)
        if let told = translation?.lastError { error = ErrorBody(told, requestID: reception.id) }
        answer.output.removeAll()
        translator.fail(error, &answer.output)
        writeOutput(of: answer)
    }

    /// What the answer given has lost on its way there and back.
    var lossNotes: TranslationNotes? {
        translated?.notes ?? (translation?.attempt == nil ? cleaned?.notes : nil)
    }

    func writeKeepAlive(in answer: TranslatedAnswer) {
        client.transport.write { writer in
            let comment = reception.dialect.keepAlive.span
            if answer.framing == .chunked {
                writer.appendChunk(comment)
            } else {
                writer.append(comment)
            }
        }
    }

    // MARK: - Head

    private func commitTranslated(_ answer: TranslatedAnswer, status: Int, length: Int?) {
        guard machine.state == .attempting else { return }
        noteCommit()
        facts.status = status
        facts.noteCommit()
        // What a stream has told by now is not all.
        if length != nil { facts.usage = answer.usage }
        let isHTTP10 = reception.head.version == .http10
        answer.framing = length != nil ? .length : isHTTP10 ? .untilClose : .chunked
        let date = worker.dates.bytes(at: worker.loop.wallNow)
        client.transport.write { writer in
            writer.appendStatusLine(status)
            writer.appendField("date", date)
            let isPlain = answer.kind == .failure
            writer.appendField("content-type", isPlain ? "application/json" : answer.contentType)
            if let length { writer.appendField("content-length", length) }
            if answer.framing == .chunked { writer.append("transfer-encoding: chunked\r\n") }
            appendProviderFields(answer, &writer)
            appendDropped(answer.notes, &writer)
            appendGatewayFields(status, answer, &writer)
            writer.appendHeadEnd()
        }
    }

    /// What of a foreign provider's head still holds in the caller's format.
    private func appendProviderFields(
        _ answer: TranslatedAnswer, _ writer: inout ByteWriter
    ) {
        let fields = answer.head.fields
        if let value = fields[.xRequestID] ?? fields["request-id"] {
            writer.appendField("x-apus-upstream-request-id", value)
        }
        guard let wait = answer.limits.retryAfter else { return }
        let milliseconds = Int(clamping: wait.microseconds / 1000)
        writer.appendField("retry-after", (milliseconds + 999) / 1000)
        writer.appendField("retry-after-ms", milliseconds)
    }

    private func appendDropped(_ notes: TranslationNotes, _ writer: inout ByteWriter) {
        let list = notes.list
        if !list.isEmpty { writer.appendField("x-apus-dropped", list) }
    }

    private func appendGatewayFields(
        _ status: Int, _ answer: TranslatedAnswer, _ writer: inout ByteWriter
    ) {
        writer.append(live.identityFields)
        writer.appendField("x-request-id", reception.id)
        if let name = targetName { writer.appendField("x-apus-target", name) }
        writer.appendField("x-apus-attempts", machine.attempts)
        if let overhead = facts.overhead {
            writer.appendField("x-apus-overhead-us", Int(overhead.microseconds))
        }
        if facts.usage != nil { writer.appendCost(cost) }
        if status >= 400, machine.attempts > 1 || answer.limits.shouldRetry == false {
            writer.append("x-should-retry: false\r\n")
        }
        let keepAlive = reception.head.keepAlive && answer.framing != .untilClose
        writer.appendConnection(
            keepAlive: keepAlive && !worker.isDraining,
            isHTTP10: reception.head.version == .http10)
    }
}

extension ProviderError {
    /// A status inside a body is anything; what is none of an error's becomes 502.
    fileprivate var withSaneStatus: ProviderError {
        guard !(400...599).contains(status) else { return self }
        var sane = self
        sane.status = 502
        return sane
    }

    fileprivate static var tooLarge: ProviderError {
        ProviderError(
            kind: .malformedAnswer, status: 502,
            message: "The provider's answer is larger than allowed here.")
    }
}

extension TranslationNotes {
    /// Everything that was left out, as one field's value; paths with other bytes are not told.
    var list: Bytes {
        var list = ByteWriter()
        for path in dropped where isSafeFieldValue(path.span) {
            if !list.isEmpty { list.append(", ") }
            list.append(path)
        }
        return list.finish()
    }
}

extension RequestFault {
    /// The provider has no such call, and nothing that could take its place.
    fileprivate static func unserved(_ operation: Operation, by name: Bytes) -> RequestFault {
        var message = ByteWriter(capacity: 96)
        message.append("The provider ")
        message.append(name)
        message.append(" of this model does not serve ")
        message.append(operation.route)
        message.append(".")
        return RequestFault(kind: .invalidValue, message: message.finish(), param: "model")
    }
}
