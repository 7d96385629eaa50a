// SPDX-License-Identifier: Apache-2.0
public import Core

/// The cluster as one node sees it.
public struct MembersReport: Sendable {
    /// The name of the node that answers.
    public var name: String
    /// `alone`, `joining`, `member`, `leaving` or `left`.
    public var state: StaticString
    public var isIsolated = false
    public var isDegraded = false
    /// In order of name, tombstones among them; behind them those of other regions.
    public var members: [MemberRow] = []
    /// The node's own region first, then all others that its bridges know of.
    public var regions: [RegionRow] = []
    /// The members of the wide pool; only a bridge knows them.
    public var bridges: [MemberRow] = []
    /// The latest changes of members' records, the last one last.
    public var changes: [MemberChangeRow] = []

    public init(name: String, state: StaticString) {
        self.name = name
        self.state = state
    }
}

/// One member as the answering node knows it.
public struct MemberRow: Sendable {
    public var name: String
    public var uid: String
    public var state: StaticString
    public var incarnation: UInt64
    public var address: String
    public var region: String
    public var zone: String
    public var isDraining = false
    /// Whether it joins its region with the others.
    public var isBridge = false
    /// Round trip of its last answer; nil before the first one and for the node itself.
    public var roundTrip: Duration?
    /// 0 well to 7 slow, as it last said.
    public var localHealth: Int
    /// Time since the state last changed.
    public var age: Duration
    /// Time in which it may still refute; nil unless suspect.
    public var timeLeft: Duration?
    /// Why it is suspect, the first accuser first.
    public var accusations: [AccusationRow] = []
    /// Time since a member of its region told all this; zero in the own region.
    public var knownFor = Duration.zero

    public init(name: String, uid: String, state: StaticString, incarnation: UInt64) {
        self.name = name
        self.uid = uid
        self.state = state
        self.incarnation = incarnation
        address = ""
        region = ""
        zone = ""
        localHealth = 0
        age = .zero
    }
}

/// Who accused a member, and what that node had tried before.
public struct AccusationRow: Sendable {
    public var by: String
    /// Members asked to probe as well, and those of them that got no answer either.
    public var helpers: Int
    public var nacks: Int
    /// How long it waited for the direct answer.
    public var waitMilliseconds: Int
    /// The accuser's own local health.
    public var localHealth: Int

    public init(by: String, helpers: Int, nacks: Int, waitMilliseconds: Int, localHealth: Int) {
        self.by = by
        self.helpers = helpers
        self.nacks = nacks
        self.waitMilliseconds = waitMilliseconds
        self.localHealth = localHealth
    }
}

/// One change of a member's record.
public struct MemberChangeRow: Sendable {
    public var time: Timestamp
    public var name: String
    public var uid: String
    public var before: StaticString
    public var after: StaticString
    public var incarnation: UInt64
    /// How the answering node came to know.
    public var reason: StaticString
    public var accusations: [AccusationRow]

    public init(
        time: Timestamp, name: String, uid: String, before: StaticString, after: StaticString
    ) {
        self.time = time
        self.name = name
        self.uid = uid
        self.before = before
        self.after = after
        incarnation = 0
        reason = ""
        accusations = []
    }
}
