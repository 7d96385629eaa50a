// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// Where a call goes, and how long its caller waits.
struct NodeActorID: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        /// This very process.
        case own
        /// A member of the region, by the uid of its process.
        case member(MemberID)
        /// Any bridge of another region, which answers for the members there.
        case region(String)
    }

    let place: Place
    var patience = Self.patience

    /// How long a caller waits unless it says otherwise.
    static let patience = Duration.seconds(5)
    /// A bridge that asks its members for another region still has to send what they said.
    static let relayedPatience = Duration.milliseconds(2500)

    init(_ place: Place, patience: Duration = Self.patience) {
        self.place = place
        self.patience = patience
    }

    static let own = NodeActorID(.own)
}
