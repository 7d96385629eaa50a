// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Reactor
internal import Upstreams

/// Images by URL for a target that takes bytes alone.
extension Exchange {
    /// Begins to fetch them; false if there is nothing to fetch, or nothing may be.
    func beginFetching(_ choice: ExchangeMachine.TargetChoice) -> Bool {
        let options = live.values.fetch
        guard options.isOn, images == nil, let format = request.operation.chatFormat else {
            return false
        }
        let wanted = Translator.remoteImages(in: request.body, format)
        guard !wanted.isEmpty else { return false }
        guard worker.fetchCount < ImageGathering.concurrencyLimit else {
            machine.onOver()
            reject(.overloaded)
            return true
        }
        let images = ImageGathering(wanted, options)
        self.images = images
        client.setDeadline(
            at: min(worker.loop.now + Nanoseconds(options.timeout), totalDeadline))
        worker.fetchCount += 1
        let isUnderWay = images.begin(with: worker.dialer) { [unowned self] in
            worker.fetchCount -= 1
            onFetched(choice)
        }
        if !isUnderWay { worker.fetchCount -= 1 }
        return isUnderWay
    }

    /// The images are here, or will not come.
    private func onFetched(_ choice: ExchangeMachine.TargetChoice) {
        let pool = live.pools[choice.upstream]
        let policy = live.values.routes.routes[choice.route].unknownFields
        if let fault = prepare(for: pool, policy: policy) { return passOver(fault) }
        client.setDeadline(at: totalDeadline)
        pool.acquire(for: self, fresh: false)
    }

    /// Whoever waited for the images is gone, or has waited long enough.
    func cancelFetching() {
        guard let images, images.isUnderWay else { return }
        worker.fetchCount -= 1
        images.cancel()
    }

    /// Why a target that takes bytes alone cannot have the request; nil if it can.
    func imageFault(_ format: WireFormat) -> RequestFault? {
        guard let images else { return Translator.remoteImage(in: request.body, format) }
        if case .failed(let fault) = images.state { return fault }
        return nil
    }

    /// The images that were fetched, by their URLs; nil for none.
    var fetchedImages: [Bytes: MediaSource]? {
        if case .done(let found) = images?.state { found } else { nil }
    }
}
