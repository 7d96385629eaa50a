// SPDX-License-Identifier: Apache-2.0
import Core
import Upstreams

extension DraftReader {
    mutating func readProviders(_ node: YAMLNode?, into draft: inout Draft) {
        guard let node else {
            diagnostics.fault(draft.positions.start, Self.noProvider)
            return
        }
        guard let nodes = list(node, "providers", example: "[{ name: openai, kind: openai }]")
        else { return }
        if nodes.isEmpty { diagnostics.fault(node.position, Self.noProvider) }
        for node in nodes { draft.providers.append(provider(node)) }
    }

    private static let noProvider =
        "no provider is configured; add 'providers:' with an entry such as"
        + " { name: openai, kind: openai, keys: [\"${OPENAI_API_KEY}\"] }"

    private mutating func provider(_ node: YAMLNode) -> ProviderDraft {
        var draft = ProviderDraft(position: node.position)
        let before = diagnostics.errorCount
        guard let fields = fields(node, of: .provider) else { return draft }
        draft.name = name(
            required("name", in: fields, example: "openai"), "name", .identifier)
        let kind = choice(
            required("kind", in: fields, example: "openai"), "kind", as: UpstreamKind.self)
        draft.base = fields["base"]?.position
        guard let kind else { return draft }
        guard let base = base(fields, kind: kind.value) else { return draft }
        var upstream = Upstream(
            name: draft.name?.value ?? "", kind: kind.value, origin: base.origin,
            basePath: base.path)
        readPaths(fields, into: &upstream)
        draft.mapping = mapping(fields["mapping"])
        readCredentials(fields, into: &upstream)
        readHeaders(fields["headers"], into: &upstream)
        if let takes = flag(fields["image_urls"], "image_urls") {
            upstream.takesImageURLs = takes.value
        }
        readTrust(fields["tls"], into: &upstream)
        readPool(fields["pool"], into: &upstream.pool)
        warnAboutPlainText(draft.base ?? node.position, upstream)
        if diagnostics.errorCount == before { draft.upstream = upstream }
        return draft
    }

    private mutating func base(_ fields: Fields, kind: UpstreamKind) -> BaseAddress? {
        guard let node = fields["base"] else {
            if let known = kind.publicBase { return try? BaseAddress(parsing: known) }
            diagnostics.fault(
                fields.position,
                "a provider of kind '\(kind.rawValue)' needs 'base';"
                    + " add 'base: https://HOST/v1'")
            return nil
        }
        guard let read = text(node, "base", "an address such as https://HOST/v1") else {
            return nil
        }
        do throws(BaseAddress.Fault) {
            return try BaseAddress(parsing: read.text).completed(for: kind)
        } catch {
            // Behind these marks there may be a password or a key.
            let isShowable = !read.text.contains { $0 == "@" || $0 == "?" }
            let shown = isShowable ? read.shown : "the address"
            diagnostics.fault(read.position, "\(shown) \(error.message)")
            return nil
        }
    }

    private mutating func readCredentials(_ fields: Fields, into upstream: inout Upstream) {
        if let read = text(fields["credential_header"], "credential_header", "a header's name") {
            if HeaderRule.isName(read.text), !HeaderRule.reserved.contains(read.text.lowercased()) {
                upstream.credentialField = read.text.lowercased()
            } else {
                refuse(read, "credential_header", "a header's name such as x-api-key")
            }
        }
        if let node = fields["credential_header"], fields["keys"] == nil {
            diagnostics.warning(
                node.position, "'credential_header' has no effect without 'keys'; add them")
        }
        let prefix = credentialPrefix(fields["credential_prefix"])
        readParameter(fields, into: &upstream)
        for node in list(fields["keys"], "keys", example: "[\"${OPENAI_API_KEY}\"]") ?? [] {
            guard let read = text(node, "keys", "a list of text such as ${OPENAI_API_KEY}") else {
                continue
            }
            let field = upstream.credentialParameter == nil ? upstream.credentialField : ""
            guard let credential = Credential.make(read.text, field: field, prefix: prefix) else {
                diagnostics.fault(
                    read.position,
                    "a key of a provider must be visible ASCII characters without blanks and"
                        + " quotes; write the key alone, without 'Bearer'")
                continue
            }
            upstream.credentials.append(credential)
        }
    }

    private mutating func readTrust(_ node: YAMLNode?, into upstream: inout Upstream) {
        guard let fields = fields(node, of: .providerTLS) else { return }
        if let authority = pemFile(fields["ca"], "ca", holding: "CERTIFICATE") {
            upstream.trust.authorityFile = authority
        }
        if let insecure = flag(fields["insecure"], "insecure") {
            upstream.trust.acceptsAnyCertificate = insecure.value
            if insecure.value {
                diagnostics.warning(
                    insecure.position,
                    "'insecure: true' accepts any certificate; write 'ca: FILE' instead")
            }
        }
        if upstream.origin.scheme == .http {
            diagnostics.warning(
                fields.position, "'tls' has no effect on an http:// base; write https://")
        }
    }

    private mutating func readPool(_ node: YAMLNode?, into pool: inout PoolLimits) {
        guard let fields = fields(node, of: .pool) else { return }
        set(
            &pool.maximumConnections,
            integer(fields["max_connections"], "max_connections", in: 1...1_000_000))
        let idle = integer(fields["max_idle"], "max_idle", in: 0...1_000_000)
        set(&pool.maximumIdle, idle)
        set(
            &pool.idleTimeout,
            duration(
                fields["idle_timeout"], "idle_timeout",
                in: .milliseconds(100) ... .seconds(3600)))
        set(
            &pool.maximumWaiting,
            integer(fields["max_waiting"], "max_waiting", in: 0...1_000_000))
        if let idle, idle.value > pool.maximumConnections {
            diagnostics.fault(
                idle.position,
                "'max_idle' must not be above 'max_connections' (\(pool.maximumConnections))")
        }
        pool.maximumIdle = min(pool.maximumIdle, pool.maximumConnections)
    }

    private mutating func warnAboutPlainText(_ position: SourcePosition, _ upstream: Upstream) {
        guard upstream.origin.scheme == .http, !upstream.credentials.isEmpty,
            !ListenAddress.isLoopback(host: upstream.origin.host)
        else { return }
        diagnostics.warning(
            position, "keys travel unencrypted to another machine; write https://")
    }
}
