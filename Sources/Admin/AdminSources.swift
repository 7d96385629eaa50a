// SPDX-License-Identifier: Apache-2.0
public import Core
public import Gateway

/// What the admin port knows of its node and may ask of it; each is called on the control loop.
public struct AdminSources {
    /// The configuration in use.
    public var snapshot: () -> Snapshot
    public var isDraining: () -> Bool
    /// Metrics as text for what the caller accepts, with their content type.
    public var metrics: (_ accept: Bytes) -> (type: StaticString, text: Bytes)
    /// Gathers the node's state; calls back soon, whether workers are busy or not.
    public var status: (_ completion: @escaping (NodeStatus) -> Void) -> Void
    /// The cluster as this node sees it; calls back once, within a few seconds.
    public var members: (_ completion: @escaping (MembersReport) -> Void) -> Void
    /// Asks every node of the cluster for its state; calls back once, within a few seconds.
    public var cluster: (_ completion: @escaping ([ClusterNodeRow]) -> Void) -> Void
    /// Asks every node what it wrote down of a request; calls back once, within a few seconds.
    public var explain:
        (_ request: String, _ completion: @escaping ([ExplanationRow]) -> Void) -> Void
    /// Reads the configuration anew.
    public var reload: () -> ReloadAnswer
    /// Begins to drain; how long answers under way may take.
    public var drain: () -> Duration
    /// Lets another member drain, by `NAME` or `REGION/NAME`; calls back once.
    public var drainMember:
        (_ name: String, _ completion: @escaping (Result<Duration, MemberFault>) -> Void) -> Void

    public init(
        snapshot: @escaping () -> Snapshot, isDraining: @escaping () -> Bool,
        metrics: @escaping (_ accept: Bytes) -> (type: StaticString, text: Bytes)
    ) {
        self.snapshot = snapshot
        self.isDraining = isDraining
        self.metrics = metrics
        status = { _ in }
        members = { $0(MembersReport(name: "", state: "alone")) }
        cluster = { $0([]) }
        explain = { $1([]) }
        reload = { .kept([]) }
        drain = { .zero }
        drainMember = { _, completion in completion(.failure(.unknown)) }
    }
}

/// Why another member did not do what it was asked for.
public enum MemberFault: Error, Sendable, Equatable {
    /// Nobody in the cluster has this name.
    case unknown
    /// It is dead, left, or out of reach.
    case unreachable
    /// It did not answer in time.
    case timeout
    /// It speaks an older protocol, without this call.
    case tooOld
    /// It has more calls under way than it takes, or this node has.
    case busy
    /// It refused, or its answer made no sense.
    case refused
    /// It has no cache whose entries it could forget.
    case noCache
    /// Its region, or one that may have it, does not answer.
    case regionUnreachable
    /// Members of several other regions have this name.
    case ambiguous
}

/// What came of reading the configuration anew.
public enum ReloadAnswer: Sendable {
    /// In use now, with remarks and with changes that wait for a restart.
    case replaced(generation: UInt64, remarks: [ConfigFinding], waiting: [String])
    /// It cannot be used; the one before stays.
    case kept([ConfigFinding])
}

/// One finding about a configuration file.
public struct ConfigFinding: Sendable, Equatable {
    public var file: String
    /// From 1; nil where the fault is not in the text.
    public var line: Int?
    public var column: Int?
    public var message: String

    public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }
}
