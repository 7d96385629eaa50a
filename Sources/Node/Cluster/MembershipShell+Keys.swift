// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway
internal import Reactor

extension MembershipShell {
    /// Takes a new configuration as far as a running node can.
    func apply(_ configuration: ClusterConfiguration) {
        guard !isOver else { return }
        seeds.seeds = configuration.join
        guard keys.wanted != configuration.keys else { return }
        keys.wanted = configuration.keys
        wide.keys.wanted = configuration.keys
        stepKeys()
    }

    /// Does the next steps of a key rotation, as many as are safe now.
    func stepKeys() {
        while !isOver {
            switch keys.next(gate.ring, machine, now: loop.now) {
            case .install(let key):
                change(.installed, KeyID(key)) { $0.adopt(key) }
            case .use(let id):
                change(.used, id) { ring throws(KeyRing.Fault) in try ring.use(id) }
            case .remove(let id):
                change(.removed, id) { ring throws(KeyRing.Fault) in try ring.remove(id) }
            case .wait(let id, let blocker, let isNews):
                if isNews {
                    onEvent(.keyWaits(number: id.rawValue, member: name(of: blocker.member)))
                }
                return lookAtKeysAgain()
            case .linger: return lookAtKeysAgain()
            case .done: return
            }
        }
    }

    private func lookAtKeysAgain() {
        guard !isKeyTimerSet else { return }
        isKeyTimerSet = true
        _ = loop.schedule(at: loop.now + KeyKeeper.pace, self, kind: TimerKind.keys)
    }

    private func change(
        _ step: ClusterEvent.KeyStep, _ id: KeyID,
        _ body: (inout KeyRing) throws(KeyRing.Fault) -> Void
    ) {
        do throws(KeyRing.Fault) { try gate.updateRing(body) } catch {
            preconditionFailure("a step of a key rotation that was found safe fails: \(error)")
        }
        onEvent(.key(step, number: id.rawValue))
        reportKeys()
    }

    /// Tells the others which keys this node holds and which one it seals with.
    func reportKeys() { publish(KeyReport(gate.ring).encoded, for: KeyReport.recordKey) }

    /// Spreads a value of this node; what cannot be spread now is told with the next change.
    func publish(_ value: Bytes?, for key: String, urgency: Urgency = .routine) {
        input { machine, now in
            do throws(PublishError) {
                return try machine.publish(value, for: key, urgency: urgency, now: now)
            } catch {
                precondition(error == .notAMember, "a record of ours is refused: \(error)")
                return []
            }
        }
    }
}
