// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor

extension MembershipShell {
    /// Calls of this node that may be under way at a time.
    private static let callLimit = 64

    private var isBusy: Bool {
        outbound.count(where: { $0.question.number == 0 }) >= Self.callLimit
    }

    /// Sends a call to a member of the region and gives its answer to `completion`, once.
    func call(
        _ id: MemberID, _ request: Bytes, patience: Duration,
        _ completion: @escaping (Result<Bytes, CallFault>) -> Void
    ) {
        guard !isOver, let member = machine.member(id), member.isLive,
            let address = member.profile?.address
        else { return completion(.failure(.unreachable)) }
        guard !isBusy else { return completion(.failure(.busy)) }
        let question = OutboundStream.Question(
            number: 0, address: SocketAddress(address), frame: request,
            until: loop.now + patience)
        openStream(question) { result in
            completion(
                result.flatMap { answer in
                    // Another process may have the address by now.
                    answer.sender == id
                        ? CallMessage.result(answer.payload) : .failure(.unreachable)
                })
        }
    }

    /// The other regions that this node knows of.
    var otherRegions: [RegionSummary] {
        Array(RegionBoard.regions(own: plan.identity.region, machine).dropFirst())
    }

    /// Sends a call to whichever bridge of another region answers first, one after the other.
    func call(
        region: String, _ request: Bytes, patience: Duration,
        _ completion: @escaping (Result<Bytes, CallFault>) -> Void
    ) {
        let summary = otherRegions.first { $0.region == region && $0.isReachable }
        guard !isOver, let summary else { return completion(.failure(.regionUnreachable)) }
        guard !isBusy else { return completion(.failure(.busy)) }
        RegionCall(self, summary, request, until: loop.now + patience, completion).tryNext()
    }
}
