// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Gateway
import Reactor

extension DraftReader {
    mutating func readCluster(_ node: YAMLNode?, into draft: inout Draft) {
        guard let node, let fields = fields(node, of: .cluster) else { return }
        var cluster = ClusterDraft(position: node.position)
        cluster.name = name(fields["name"], "name", .identifier)?.value
        cluster.advertise = listenAddress(fields["advertise"], "advertise")
        let seeds = list(fields["join"], "join", example: "[\"dns:apus-headless:7946\"]")
        cluster.join = (seeds ?? []).compactMap { seed($0) }
        let keys = list(
            required("keys", in: fields, example: "[\"file:/run/secrets/cluster-key\"]"), "keys",
            example: "[\"file:/run/secrets/cluster-key\"]")
        if let keys, keys.isEmpty {
            diagnostics.fault(
                fields["keys"]?.position ?? node.position,
                "'keys' is empty, so anybody could join; make a key with 'openssl rand -hex 32'")
        }
        cluster.keys = (keys ?? []).compactMap { rootKey($0) }
        draft.cluster = cluster
    }

    /// `HOST:PORT`, or `dns:NAME:PORT` for a name that stands for several nodes.
    private mutating func seed(_ node: YAMLNode) -> HostPort? {
        guard let read = text(node, "join", "an address such as dns:apus-headless:7946") else {
            return nil
        }
        let isName = read.text.hasPrefix("dns:")
        let address = isName ? String(read.text.dropFirst(4)) : read.text
        guard let seed = HostPort(address), seed.port != 0 else {
            diagnostics.fault(
                read.position,
                "\(read.shown) is no place to find other nodes; write HOST:PORT or dns:NAME:PORT,"
                    + " for example dns:apus-headless:7946")
            return nil
        }
        if isName, seed.address != nil {
            diagnostics.fault(
                read.position,
                "\(read.shown) asks for the look-up of an address; write '\(seed)'")
            return nil
        }
        return seed
    }

    /// 32 bytes in hexadecimal or base64; never shows what was written.
    private mutating func rootKey(_ node: YAMLNode) -> Located<Secret>? {
        let expected = "32 bytes in hexadecimal or base64"
        guard let read = text(node, "keys", expected) else { return nil }
        let bytes = Bytes(read.text)
        let decoded =
            bytes.count == 64 ? Hex.decode(bytes.span) : Base64.standard.decode(bytes.span)
        guard let decoded, decoded.count == ClusterConfiguration.keyLength else {
            diagnostics.fault(
                read.position,
                "a key of the cluster must be \(expected), which this is not;"
                    + " make one with 'openssl rand -hex 32'")
            return nil
        }
        return Located(value: Secret(decoded), position: read.position)
    }
}
