// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor

extension ControlDesk {
    /// Surveys that other regions may have under way here at a time.
    private static let relayLimit = 4
    /// How long a list of members is waited for; without an answer, the last one is shown.
    private static let rosterPatience = Duration.seconds(2)

    // MARK: - For other regions

    /// What this node does for callers of other regions.
    var regionServices: RegionServices {
        RegionServices(
            region: region, roster: { [unowned self] in shell.roster },
            statuses: { [unowned self] completion in
                relay(completion) { done in
                    regionStatuses(within: NodeActorID.relayedPatience) { done(MemberAnswers($0)) }
                }
            },
            explain: { [unowned self] request, completion in
                relay(completion) { done in
                    regionFacts(request, within: NodeActorID.relayedPatience) {
                        done(MemberAnswers($0))
                    }
                }
            },
            drain: { [unowned self] name, completion in
                drainHere(name, within: NodeActorID.relayedPatience, completion)
            })
    }

    /// Does something for another region unless too much of it is under way.
    private func relay<Value>(
        _ completion: @escaping RegionServices.Completion<Value>,
        _ body: (@escaping (Value) -> Void) -> Void
    ) {
        guard relayed < Self.relayLimit else { return completion(.failure(.busy)) }
        relayed += 1
        body { [weak self] value in
            self?.relayed -= 1
            completion(.success(value))
        }
    }

    // MARK: - The whole cluster

    /// Asks every live node of the cluster for its state; calls back once.
    func statuses(_ completion: @escaping ([ClusterNodeRow]) -> Void) {
        askRegions(
            own: { [self] in regionStatuses(within: NodeActorID.patience, $0) },
            other: { region in { try await $0.statuses(of: region) } },
            row: { ClusterNodeRow($0, in: $1, $2) }, completion)
    }

    /// Asks the same ones what they know of a request.
    func explain(_ request: String, _ completion: @escaping ([ExplanationRow]) -> Void) {
        askRegions(
            own: { [self] in regionFacts(request, within: NodeActorID.patience, $0) },
            other: { region in { try await $0.facts(of: region, request) } },
            row: { ExplanationRow($0, in: $1, $2) }, completion)
    }

    /// A region that does not answer has a row without a name.
    private func askRegions<Value: WireValue, Row>(
        own: (@escaping ([MemberAnswers<Value>.Row]) -> Void) -> Void,
        other: (String) -> @Sendable (NodeActor) async throws -> MemberAnswers<Value>,
        row: @escaping (String, String, Result<Value, CallFault>) -> Row,
        _ completion: @escaping ([Row]) -> Void
    ) {
        let regions = shell.otherRegions.map(\.region)
        let answers = Gathering<[MemberAnswers<Value>.Row]>(missing: regions.count + 1) { parts in
            completion(
                parts.flatMap { region, rows in
                    rows.sorted { $0.name < $1.name }.map { row($0.name, region, $0.result) }
                })
        }
        own { [region] in answers.add(region, $0) }
        for region in regions {
            call(NodeActorID(.region(region)), other(region)) { result in
                switch result {
                case .success(let said): answers.add(region, said.rows)
                case .failure(let fault): answers.add(region, [("", .failure(fault))])
                }
            }
        }
    }

    /// What all regions said.
    private final class Gathering<Part> {
        private var parts: [(region: String, part: Part)] = []
        private var missing: Int
        private let completion: ([(region: String, part: Part)]) -> Void

        init(missing: Int, _ completion: @escaping ([(region: String, part: Part)]) -> Void) {
            self.missing = missing
            self.completion = completion
        }

        func add(_ region: String, _ part: Part) {
            parts.append((region, part))
            missing -= 1
            if missing == 0 { completion(parts.sorted { $0.region < $1.region }) }
        }
    }

    // MARK: - Members of other regions

    /// The members of the whole cluster; those of other regions as their bridges last said.
    func members(_ completion: @escaping (MembersReport) -> Void) {
        askRosters { [weak self] in
            guard let self else { return }
            var report = shell.report
            report.add(rosters.words(now: loop.now))
            completion(report)
        }
    }

    /// Brings the lists of other regions up to date, where that is possible within two seconds.
    private func askRosters(_ body: @escaping () -> Void) {
        let regions = shell.otherRegions.map { ($0.region, $0.isReachable) }
        for region in rosters.due(regions, now: loop.now) {
            let id = NodeActorID(.region(region), patience: Self.rosterPatience)
            call(id, { try await $0.roster(of: region) }) { [weak self] result in
                guard let self else { return }
                rosters.note(result, of: region, now: loop.now)
                wakeReaders()
            }
        }
        readers.append(body)
        wakeReaders()
    }

    private func wakeReaders() {
        guard !rosters.isWaiting else { return }
        let waiting = readers
        readers = []
        for reader in waiting { reader() }
    }

    // MARK: - Draining

    /// Lets a member drain: `NAME` in the own region or else in the only one that has it, or
    /// `REGION/NAME`.
    func drain(_ name: String, _ completion: @escaping (Result<Duration, MemberFault>) -> Void) {
        let finish = { (result: Result<Int, CallFault>) in
            completion(result.map { .milliseconds($0) }.mapError(\.forOperator))
        }
        if let slash = name.firstIndex(of: "/") {
            let region = String(name[..<slash])
            return drain(String(name[name.index(after: slash)...]), in: region, finish)
        }
        drainHere(name, within: NodeActorID.patience) { [weak self] result in
            guard result == .failure(.unknownMember), let self, !shell.otherRegions.isEmpty else {
                return finish(result)
            }
            rosters.forgetRest()
            askRosters { [weak self] in
                guard let self else { return }
                switch place(of: name) {
                case .success(let region): drain(name, in: region, finish)
                case .failure(let fault): completion(.failure(fault))
                }
            }
        }
    }

    private func drain(
        _ name: String, in region: String,
        _ completion: @escaping (Result<Int, CallFault>) -> Void
    ) {
        guard region != self.region else {
            return drainHere(name, within: NodeActorID.patience, completion)
        }
        guard shell.otherRegions.contains(where: { $0.region == region }) else {
            return completion(.failure(.unknownMember))
        }
        call(NodeActorID(.region(region)), { try await $0.drain(name, of: region) }, completion)
    }

    /// The only other region where a live member has this name.
    private func place(of name: String) -> Result<String, MemberFault> {
        let words = rosters.words(now: loop.now)
        let bearers = words.filter { word in
            word.members.contains { $0.name == name && $0.isLive }
        }
        if bearers.count > 1 { return .failure(.ambiguous) }
        if let word = bearers.first { return .success(word.region) }
        if words.contains(where: { word in word.members.contains { $0.name == name } }) {
            return .failure(.unreachable)
        }
        // Whoever could not be asked may have it.
        return .failure(words.contains { $0.fault != nil } ? .regionUnreachable : .unknown)
    }
}
