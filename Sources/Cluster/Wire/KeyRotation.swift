// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Whether the next step of a key rotation is safe: every live member must have done the last one.
public struct KeyRotation: Sendable {
    /// Reports of all live members; nil for one that has not reported.
    private let reports: [(member: MemberID, report: KeyReport?)]

    /// A live member that must act first.
    public struct Blocker: Error, Equatable {
        public let member: MemberID
        public let reason: Reason

        /// What the member has yet to do.
        public enum Reason: Sendable, Equatable {
            case noReport
            case notInstalled
            /// It still seals with another key.
            case notPrimary
        }
    }

    public init(_ machine: MembershipMachine) {
        reports = machine.members.filter(\.isLive).map { member in
            let key = RecordKey(owner: member.id, key: KeyReport.recordKey)
            return (member.id, machine.value(of: key).flatMap { KeyReport($0) })
        }
    }

    /// The first member that keeps `id` from being used to seal, if any.
    public func blockerOfUse(_ id: KeyID) -> Blocker? {
        for (member, report) in reports {
            guard let report else { return Blocker(member: member, reason: .noReport) }
            guard report.installed.contains(id) else {
                return Blocker(member: member, reason: .notInstalled)
            }
        }
        return nil
    }

    /// The first member that keeps `id` from being removed: it may still seal with it.
    public func blockerOfRemoval(_ id: KeyID) -> Blocker? {
        for (member, report) in reports {
            guard let report else { return Blocker(member: member, reason: .noReport) }
            guard report.primary != id else {
                return Blocker(member: member, reason: .notPrimary)
            }
        }
        return nil
    }
}
