// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// Asks members one thing, a few at a time, and gathers what they say; on the control loop.
final class MemberSurvey<Value: WireValue> {
    typealias Row = MemberAnswers<Value>.Row
    typealias Ask = (
        _ id: NodeActorID, _ completion: @escaping (Result<Value, CallFault>) -> Void
    ) -> Void

    private let now: () -> Instant
    private let until: Instant
    private var waiting: ArraySlice<(id: MemberID, name: String)>
    private var underWay = 0
    private var rows: [Row] = []
    private let ask: Ask
    private var completion: (([Row]) -> Void)?

    /// Calls that one survey has under way at a time.
    private static var width: Int { 16 }

    /// `until` bounds the whole of it: who was not asked by then has not answered in time.
    init(
        _ members: [(id: MemberID, name: String)], now: @escaping () -> Instant, until: Instant,
        ask: @escaping Ask, completion: @escaping ([Row]) -> Void
    ) {
        waiting = members[...]
        self.now = now
        self.until = until
        self.ask = ask
        self.completion = completion
    }

    /// Asks as many as may be asked now; calls back once, when all have answered or failed.
    func proceed() {
        while underWay < Self.width, let member = waiting.popFirst() {
            let left = until - now()
            guard left > .zero else {
                rows.append((member.name, .failure(.timeout)))
                continue
            }
            underWay += 1
            ask(NodeActorID(.member(member.id), patience: left)) { [self] result in
                underWay -= 1
                rows.append((member.name, result))
                proceed()
            }
        }
        guard underWay == 0, waiting.isEmpty, let completion else { return }
        self.completion = nil
        completion(rows)
    }
}
