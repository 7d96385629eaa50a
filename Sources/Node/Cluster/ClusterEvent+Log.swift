// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Telemetry

extension ClusterEvent {
    /// Writes the event as one line for machines.
    func write(to log: Log) {
        switch self {
        case .member(let note): note.write("member", to: log)
        case .bridge(let note): note.write("bridge", to: log)
        case .region(let name, let isReachable):
            log.warning(isReachable ? "region is reachable" : "region is out of reach") { line in
                line.add("region", name)
            }
        case .opened(let id, let bound, let advertised):
            log.info("cluster port open") { line in
                line.add("uid", id.description)
                line.add("cluster", bound)
                line.add("advertised", advertised)
            }
        case .joined(let members): log.info("cluster joined") { $0.add("members", members) }
        case .degraded(let isDegraded):
            log.warning(isDegraded ? "this node judges itself slow" : "this node is well again")
        case .isolated(let isIsolated):
            log.warning(isIsolated ? "most other nodes are out of reach" : "other nodes are back")
        case .leaving: log.info("cluster leaving")
        case .left: log.info("cluster left")
        case .displaced(let other, let startsAnew):
            log.error("another process has this node's name") { line in
                line.add("uid", other.description)
                line.add("then", startsAnew ? "starts anew" as StaticString : "leaves the cluster")
            }
        case .unresolved, .lonely, .dropped: writeTrouble(to: log)
        case .key(let step, let number):
            log.info("cluster key") { line in
                line.add("step", step.label)
                line.add("number", Int(number))
            }
        case .keyWaits(let number, let member):
            log.info("cluster key waits") { line in
                line.add("number", Int(number))
                line.add("member", member)
            }
        }
    }

    private func writeTrouble(to log: Log) {
        switch self {
        case .unresolved(let seed, let reason):
            log.warning("seed cannot be looked up") { line in
                line.add("seed", seed)
                line.add("reason", reason)
            }
        case .lonely(let seeds):
            log.warning("no seed answers; trying on") { $0.add("seeds", seeds) }
        case .dropped(let reason, let from, let suppressed):
            log.warning("cluster input dropped") { line in
                line.add("reason", reason)
                line.add("from", from)
                line.add("suppressed", suppressed)
            }
        default: break
        }
    }
}

extension MemberNote {
    fileprivate func write(_ title: StaticString, to log: Log) {
        log.info(title) { line in
            line.add("name", name)
            line.add("uid", change.member.description)
            line.add("before", change.before?.status.label ?? "unknown")
            line.add("state", change.after.status.label)
            line.add("incarnation", String(change.after.incarnation.rawValue))
            line.add("reason", change.reason.label)
            line.add("address", address)
            if !accusers.isEmpty { line.add("accused_by", accusers.joined(separator: " ")) }
        }
    }
}
