// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor

extension WideShell {
    /// Leads the keys of the wide pool by its own view: other regions turn at another time.
    func stepKeys() {
        guard let machine else {
            // A node that only refers others follows its region.
            if !gate.ring.isSame(as: shell.gate.ring) { followRegion() }
            return
        }
        while true {
            switch keys.next(gate.ring, machine, now: shell.loop.now) {
            case .install(let key): change { $0.adopt(key) }
            case .use(let id): change { ring throws(KeyRing.Fault) in try ring.use(id) }
            case .remove(let id): change { ring throws(KeyRing.Fault) in try ring.remove(id) }
            // Looks come every second anyway.
            case .wait, .linger, .done: return
            }
        }
    }

    private func change(_ body: (inout KeyRing) throws(KeyRing.Fault) -> Void) {
        do throws(KeyRing.Fault) { try gate.updateRing(body) } catch {
            preconditionFailure("a step of a key rotation that was found safe fails: \(error)")
        }
        reportKeys()
    }

    /// Tells the other bridges which keys this one holds and which one it seals with.
    func reportKeys() { publish(KeyReport(gate.ring).encoded, for: KeyReport.recordKey) }

    /// Spreads a value among the bridges.
    func publish(_ value: Bytes?, for key: String) {
        input { machine, now in
            do throws(PublishError) {
                return try machine.publish(value, for: key, urgency: .routine, now: now)
            } catch {
                precondition(error == .notAMember, "a record of ours is refused: \(error)")
                return []
            }
        }
    }
}

extension KeyRing {
    /// Whether both hold the same numbers and seal with the same one.
    fileprivate func isSame(as other: KeyRing) -> Bool {
        ids == other.ids && primary == other.primary
    }
}
