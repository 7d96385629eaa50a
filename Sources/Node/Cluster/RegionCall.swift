// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Reactor

/// One call to another region: its bridges are tried in turn until one of them answers.
///
/// Nothing but a door that nobody answers at is tried anew at the next one, and every call to a
/// region may be done twice without harm.
final class RegionCall {
    /// How long one door may take to greet; all of them together leave time for the answer.
    private static let greeting = Duration.milliseconds(800)

    private unowned let shell: MembershipShell
    private let region: RegionTag
    private var doors: ArraySlice<PeerAddress>
    private let frame: Bytes
    private let until: Instant
    private let completion: (Result<Bytes, CallFault>) -> Void

    init(
        _ shell: MembershipShell, _ summary: RegionSummary, _ frame: Bytes, until: Instant,
        _ completion: @escaping (Result<Bytes, CallFault>) -> Void
    ) {
        self.shell = shell
        region = RegionTag(summary.region)
        doors = summary.doors[...]
        self.frame = frame
        self.until = until
        self.completion = completion
    }

    /// Asks at the next door; calls back when there is none.
    func tryNext() {
        let now = shell.loop.now
        guard !shell.isOver, now < until, let door = doors.popFirst() else {
            return completion(.failure(.regionUnreachable))
        }
        let question = OutboundStream.Question(
            pool: .wide, region: region, greetedBy: now + Self.greeting, number: 0,
            address: SocketAddress(door), frame: frame, until: until)
        shell.openStream(question) { [self] result in
            switch result.map({ CallMessage.result($0.payload) }) {
            // Nobody is there, or somebody of another region by now.
            case .failure(.unreachable), .success(.failure(.regionUnreachable)): tryNext()
            case .failure(let fault): completion(.failure(fault))
            case .success(let answer): completion(answer)
            }
        }
    }
}
