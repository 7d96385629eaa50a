// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Gateway

/// The only value of `auth`: whoever reaches the port may call.
enum AuthMode: String, CaseIterable {
    case none
}

extension DraftReader {
    /// Reads the whole document, going on after each fault.
    mutating func draft(_ root: YAMLNode) -> Draft {
        var draft = Draft()
        draft.positions.start = root.position
        guard let fields = fields(root, of: .top) else { return draft }
        readListen(fields["listen"], into: &draft)
        readNode(fields["node"], into: &draft)
        if let admin = self.fields(fields["admin"], of: .admin),
            let hash = required("hash", in: admin, example: "\"sha256:…\"")
        {
            draft.adminDigest = digest(hash, "hash")
        }
        readCluster(fields["cluster"], into: &draft)
        readProviders(fields["providers"], into: &draft)
        readModels(fields["models"], into: &draft)
        readKeys(fields["keys"], into: &draft)
        draft.openAccess = choice(fields["auth"], "auth", as: AuthMode.self)?.position
        readStored(fields["stored_objects"], into: &draft)
        readFetch(fields["fetch"], into: &draft.fetch)
        readLimits(fields["request_limits"], into: &draft.limits)
        readTimeouts(fields["timeouts"], into: &draft.timeouts)
        readAttempts(fields["attempts"], into: &draft.attempts)
        readAccessLog(fields["access_log"], into: &draft)
        readPrices(fields["prices"], into: &draft)
        return draft
    }

    private mutating func readListen(_ node: YAMLNode?, into draft: inout Draft) {
        guard let fields = fields(node, of: .listen) else { return }
        draft.positions.api = fields["api"]?.position
        draft.api = listenAddress(fields["api"], "api")
        draft.admin = listenAddress(fields["admin"], "admin")
        draft.clusterAddress = listenAddress(fields["cluster"], "cluster")
        guard let tls = self.fields(fields["tls"], of: .listenTLS) else { return }
        let certificate = pemFile(
            required("certificate", in: tls, example: "/etc/apus/tls.crt"), "certificate",
            holding: "CERTIFICATE")
        let key = pemFile(
            required("key", in: tls, example: "/etc/apus/tls.key"), "key", holding: "PRIVATE KEY")
        guard let certificate, let key else { return }
        draft.certificate = ServerCertificate(certificateFile: certificate, keyFile: key)
    }

    private mutating func readNode(_ node: YAMLNode?, into draft: inout Draft) {
        draft.node.name = NodeIdentity.name(ofHost: references.surroundings.hostName)
        guard let fields = fields(node, of: .node) else { return }
        if let name = name(fields["name"], "name", .identifier) { draft.node.name = name.value }
        if let region = name(fields["region"], "region", .identifier) {
            draft.node.region = region.value
        }
        if let zone = name(fields["zone"], "zone", .identifier) { draft.node.zone = zone.value }
    }

    private mutating func readAccessLog(_ node: YAMLNode?, into draft: inout Draft) {
        guard let read = text(node, "access_log", "stdout, off or a path") else { return }
        switch read.text {
        case "stdout": draft.accessLog = .standardOutput
        case "off": draft.accessLog = .off
        default:
            if let path = path(node, "access_log") { draft.accessLog = .file(path.value) }
        }
    }

    /// The path of a readable PEM file (RFC 7468) with a block of the given kind.
    mutating func pemFile(_ node: YAMLNode?, _ key: String, holding kind: String) -> String? {
        guard let path = path(node, key) else { return nil }
        noteFile(path.value)
        switch references.surroundings.readFile(path.value, 1 << 20) {
        case .failure(let fault):
            diagnostics.fault(
                path.position, "the file \(quoted(path.value)) cannot be read: \(fault.reason)")
            return nil
        case .success(let bytes):
            let lines = bytes.string.split(whereSeparator: \.isNewline)
            guard lines.contains(where: { $0.hasPrefix("-----BEGIN ") && $0.contains(kind) }) else {
                diagnostics.fault(
                    path.position,
                    "the file \(quoted(path.value)) holds no PEM block '-----BEGIN \(kind)-----'")
                return nil
            }
            return path.value
        }
    }
}

extension NodeIdentity {
    /// A host name as node name; hosts may be called what headers cannot carry.
    static func name(ofHost host: String) -> String {
        NameRule.identifier.fault(host) == nil ? host : "apus"
    }
}
