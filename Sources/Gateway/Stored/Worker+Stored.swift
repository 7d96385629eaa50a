// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Upstreams

extension Worker {
    /// Lets a piece of an upload pass that shows no key but the link's pass.
    func admit(_ call: StoredCall, _ head: RequestHead, _ verdict: inout Reception.Verdict) {
        guard call.path.isUpload, verdict.rejection?.rejection == .missingKey,
            let key = UploadPass.owner(of: head.querySpan, in: live.values.keys)
        else { return }
        verdict.key = key
        verdict.rejection = nil
    }

    /// Judges a call on a stored object before its body.
    func judge(stored call: StoredCall, _ head: RequestHead, _ verdict: inout Reception.Verdict) {
        // Nothing of the body is collected: it passes on as it comes.
        verdict.bodyLimit = 0
        do throws(RejectionNote) {
            if isDraining { throw RejectionNote(.draining, GatewaySentence.of(.draining)) }
            let keeper = try keeper(of: call, head)
            let name = live.values.upstreams[keeper].name
            if let key = verdict.key { try live.values.keys.keys[key].demandStored(of: name) }
            let limit = live.values.limits.uploadBytes
            if case .length(let length) = head.framing, length > limit {
                throw .bodyTooLarge(limit: limit)
            }
            verdict.options = try RequestOptions(head.fields, limits: live.values.timeouts)
        } catch { verdict.rejection = error }
    }

    private func keeper(of call: StoredCall, _ head: RequestHead) throws(RejectionNote) -> Int {
        try live.values.keeper(of: call.dialect, pinned: head.fields["x-apus-provider"])
    }

    /// Begins a call that was not refused; its body may still be on its way.
    func begin(
        stored call: StoredCall, _ reception: Reception, on client: ServerConnection,
        isWhole: Bool
    ) {
        do throws(RejectionNote) {
            guard storedCount < StoredExchange.concurrencyLimit else {
                throw RejectionNote(.overloaded, GatewaySentence.of(.overloaded))
            }
            let keeper = try reception.live.values.keeper(
                of: call.dialect, pinned: reception.head.fields["x-apus-provider"])
            let exchange = StoredExchange(
                call, upstream: keeper, reception, client: client, isRequestWhole: isWhole)
            client.begin(exchange)
            exchange.begin()
        } catch {
            refuse(reception, error, keepAlive: isWhole && reception.head.keepAlive, on: client)
        }
    }
}

extension ClientKey {
    /// Lets pass whoever may use all of a provider, or was told so; batches hold any model.
    fileprivate func demandStored(of provider: String) throws(RejectionNote) {
        guard !allowsStored(of: provider) else { return }
        throw RejectionNote(
            .providerNotAllowed,
            """
            This API key may not use stored objects of the provider \(provider): its `models` \
            are not all of it. Its entry in `keys` needs `stored_objects: true`.
            """)
    }

    func allowsStored(of provider: String) -> Bool {
        if let storedObjects { return storedObjects }
        let whole = provider + "/"
        return models.contains { $0.hasSuffix("*") && whole.hasPrefix($0.dropLast()) }
    }
}
