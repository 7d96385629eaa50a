// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a process does whose name a later process has taken: begin anew with a later boot, or end.
///
/// A restarted process whose wall clock was set back meets the record of its predecessor and has to
/// begin once more above that. Two processes that were given one name would take it from each
/// other for ever; after a few times in a row one of them ends, and its operator reads why.
public struct Displacement: Sendable {
    private var inARow = 0

    /// A process that lived so long has proved that its name was its own.
    public static let youth = Duration.seconds(60)
    /// Beginnings in a row after which a young process gives the name up.
    public static let patience = 5

    public init() {}

    /// Notes a displacement after a life of that length; true when the process begins anew.
    public mutating func beginsAnew(after life: Duration) -> Bool {
        inARow = life < Self.youth ? inARow + 1 : 1
        return inARow <= Self.patience
    }
}
