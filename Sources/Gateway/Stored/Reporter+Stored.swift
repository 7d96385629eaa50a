// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Reactor
internal import Telemetry
internal import Upstreams

extension Reporter {
    /// A call on a stored object is over.
    ///
    /// Its answer may tell tokens, but those were counted when the object was made: no usage and no
    /// cost is recorded. What begins new costs that nobody tells is marked as unpriced.
    func record(_ exchange: StoredExchange, outcome: StaticString) {
        let reception = exchange.reception
        let facts = exchange.facts
        let total = SystemClock.monotonic().since(reception.started)
        let isUnpriced = exchange.call.spends && (200..<300).contains(facts.status)
        var figures = self.figures(reception, outcome)
        if isUnpriced {
            var call = CallFigures(
                target: exchange.pool.storedTarget(self), operation: "stored_object",
                duration: total)
            call.isPriced = false
            figures.call = call
        }
        count(figures, hasBegun: true)
        var record = self.record(reception, status: facts.status, outcome, total)
        record.target = exchange.pool.name
        record.attempts = 1
        record.bytesIn = facts.bytesIn
        record.bytesOut = facts.bytesOut
        record.isUnpriced = isUnpriced
        record.remark = .stored
        append(record)
    }
}

extension UpstreamPool {
    /// What calls on the upstream's stored objects are counted as.
    func storedTarget(_ reporter: Reporter) -> TargetID {
        reporter.registry.register(
            TargetLabels(
                target: upstream.name, provider: upstream.kind.metricLabel, model: "stored"))
    }
}
