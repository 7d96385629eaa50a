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
    /// Reads the configuration anew.
    public var reload: () -> ReloadAnswer
    /// Begins to drain; how long answers under way may take.
    public var drain: () -> Duration

    public init(
        snapshot: @escaping () -> Snapshot, isDraining: @escaping () -> Bool,
        metrics: @escaping (_ accept: Bytes) -> (type: StaticString, text: Bytes)
    ) {
        self.snapshot = snapshot
        self.isDraining = isDraining
        self.metrics = metrics
        status = { _ in }
        reload = { .kept([]) }
        drain = { .zero }
    }
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
