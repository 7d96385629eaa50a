// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Gateway
internal import JSON
internal import Upstreams

extension Snapshot {
    /// The members of `GET /admin/v1/config`: names and numbers, never a key, hash or header value.
    func write(to json: inout JSONWriter) {
        json.key("generation")
        json.int(generation)
        json.key("loaded_at")
        json.string(rfc3339: loadedAt)
        json.key("listen")
        write(listen, to: &json)
        json.key("providers")
        json.array(upstreams) { json, upstream in Self.write(upstream, to: &json) }
        json.key("models")
        json.array(routes.routes) { json, route in write(route, to: &json) }
        json.key("auth")
        json.string(keys.isOpen ? "none" : "keys" as StaticString)
        json.key("keys")
        json.array(keys.keys) { json, key in Self.write(key, to: &json) }
        json.key("request_limits")
        Self.write(limits, to: &json)
        json.key("timeouts_ms")
        Self.write(timeouts, to: &json)
        json.key("attempts")
        json.beginObject()
        json.key("max")
        json.int(attempts.maximum)
        json.endObject()
        json.key("access_log")
        switch accessLog {
        case .standardOutput: json.string("stdout" as StaticString)
        case .off: json.string("off" as StaticString)
        case .file(let path): json.string(path)
        }
    }

    private func write(_ listen: ListenOptions, to json: inout JSONWriter) {
        json.beginObject()
        json.key("api")
        json.string(listen.api)
        json.key("admin")
        json.string(listen.admin)
        json.key("tls")
        json.bool(listen.tls != nil)
        json.endObject()
    }

    private static func write(_ upstream: Upstream, to json: inout JSONWriter) {
        let scheme = upstream.origin.scheme == .https ? "https" : "http"
        json.beginObject()
        json.key("name")
        json.string(upstream.name)
        json.key("kind")
        json.string(upstream.kind.rawValue)
        json.key("base")
        json.string("\(scheme)://\(upstream.origin.authority)\(upstream.basePath)")
        json.key("keys")
        json.int(upstream.credentials.count)
        json.key("headers")
        json.array(upstream.extraFields) { json, field in json.string(field.name) }
        json.key("accepts_any_certificate")
        json.bool(upstream.trust.acceptsAnyCertificate)
        json.endObject()
    }

    private func write(_ route: Route, to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(route.name)
        json.key("strategy")
        json.string(route.strategy.rawValue)
        json.key("targets")
        json.array(route.targets) { json, target in write(target, to: &json) }
        json.key("fallback")
        json.array(route.fallback) { json, index in json.string(routes.routes[index].name) }
        json.endObject()
    }

    private func write(_ target: Target, to json: inout JSONWriter) {
        json.beginObject()
        json.key("provider")
        json.string(upstreams[target.upstream].name)
        json.key("model")
        if let model = target.model { json.string(model) } else { json.string("*" as StaticString) }
        json.key("weight")
        json.int(target.weight)
        json.key("priority")
        json.int(target.priority)
        json.endObject()
    }

    private static func write(_ key: ClientKey, to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(key.name)
        json.key("models")
        json.array(key.models) { json, model in json.string(model) }
        json.endObject()
    }

    private static func write(_ limits: RequestLimits, to json: inout JSONWriter) {
        let values: [(StaticString, Int)] = [
            ("head", limits.headBytes), ("fields", limits.fieldCount), ("body", limits.bodyBytes),
            ("answer", limits.answerBytes), ("connections", limits.connections),
        ]
        json.numbers(values)
    }

    private static func write(_ timeouts: Timeouts, to json: inout JSONWriter) {
        let values: [(StaticString, Duration)] = [
            ("connect", timeouts.connect), ("first_token", timeouts.firstToken),
            ("between_tokens", timeouts.betweenTokens), ("total", timeouts.total),
            ("client_request", timeouts.clientRequest), ("client_idle", timeouts.clientIdle),
            ("client_write", timeouts.clientWrite), ("drain", timeouts.drain),
        ]
        json.numbers(values.map { ($0, Int($1.milliseconds)) })
    }
}

extension JSONWriter {
    fileprivate mutating func numbers(_ values: [(StaticString, Int)]) {
        beginObject()
        for (name, value) in values {
            key(name)
            int(value)
        }
        endObject()
    }
}
