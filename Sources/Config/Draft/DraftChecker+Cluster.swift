// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway

extension DraftChecker {
    /// Keys that a cluster can hold at a time.
    private static let keyLimit = 8
    /// Bytes of a name that travels between nodes.
    private static let nameLimit = 63

    mutating func checkCluster() {
        guard let cluster = draft.cluster else {
            if let address = draft.clusterAddress {
                diagnostics.fault(
                    address.position,
                    "'listen.cluster' needs the section 'cluster' with its 'keys'; add it, or"
                        + " remove this address")
            }
            return
        }
        checkPorts()
        checkKeys(of: cluster)
        for text in [draft.node.name, draft.node.region, draft.node.zone]
        where text.utf8.count > Self.nameLimit {
            diagnostics.fault(
                cluster.position,
                "\(quoted(text)) is too long for a cluster; give 'node' names of at most"
                    + " \(Self.nameLimit) characters")
        }
        checkAdvertised(cluster)
    }

    private mutating func checkPorts() {
        guard let cluster = draft.clusterAddress, cluster.value.port != 0 else { return }
        for (name, other) in [("api", api), ("admin", admin)] where other == cluster.value {
            diagnostics.fault(
                cluster.position,
                "'\(name)' and 'cluster' both listen on \(other); give them different ports")
        }
    }

    private mutating func checkKeys(of cluster: ClusterDraft) {
        if cluster.keys.count > Self.keyLimit {
            diagnostics.fault(
                cluster.keys[Self.keyLimit].position,
                "a node holds at most \(Self.keyLimit) keys of the cluster; remove old ones")
        }
        var seen: [UInt8: Located<Secret>] = [:]
        for key in cluster.keys {
            let number = ClusterConfiguration.number(of: key.value)
            guard let first = seen[number] else {
                seen[number] = key
                continue
            }
            let place = "\(first.position.line):\(first.position.column)"
            diagnostics.fault(
                key.position,
                first.value == key.value
                    ? "this key is the same as that at \(place); remove one of them"
                    : "this key cannot be told from that at \(place), which happens to one pair"
                        + " in 256; make another one")
        }
    }

    private mutating func checkAdvertised(_ cluster: ClusterDraft) {
        guard let advertise = cluster.advertise,
            advertise.value.host == "0.0.0.0" || advertise.value.host == "::"
        else { return }
        diagnostics.fault(
            advertise.position,
            "no other node can send to \(advertise.value); write the address they reach, such as"
                + " ${POD_IP}:\(advertise.value.port)")
    }
}
