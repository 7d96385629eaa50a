// SPDX-License-Identifier: Apache-2.0

/// The keys that one kind of mapping may hold, and how messages call it.
struct Section {
    /// With its article: `a provider`.
    let name: String
    let keys: [String]

    static let top = Section(
        name: "the configuration",
        keys: [
            "listen", "node", "admin", "cluster", "providers", "models", "keys", "auth",
            "stored_objects", "fetch", "request_limits", "timeouts", "attempts", "access_log",
            "prices",
        ])
    static let listen = Section(name: "'listen'", keys: ["api", "admin", "cluster", "tls"])
    static let cluster = Section(
        name: "'cluster'", keys: ["join", "keys", "name", "advertise"])
    static let listenTLS = Section(name: "'listen.tls'", keys: ["certificate", "key"])
    static let node = Section(name: "'node'", keys: ["name", "region", "zone"])
    static let admin = Section(name: "'admin'", keys: ["hash"])
    static let provider = Section(
        name: "a provider",
        keys: [
            "name", "kind", "base", "keys", "credential_header", "credential_prefix",
            "credential_parameter", "api_version", "paths", "mapping", "headers", "image_urls",
            "tls", "pool",
        ])
    static let mapping = Section(
        name: "a provider's 'mapping'",
        keys: ["request", "answer", "stream", "error", "finish_words", "statuses"])
    static let mappedRequest = Section(
        name: "'mapping.request'", keys: ["drop", "rename", "set"])
    static let mappedAnswer = Section(
        name: "'mapping.answer'",
        keys: ["text", "reasoning", "finish", "input_tokens", "output_tokens", "id"])
    static let mappedStream = Section(
        name: "'mapping.stream'",
        keys: [
            "framing", "done", "text", "reasoning", "finish", "input_tokens", "output_tokens",
            "id",
        ])
    static let mappedError = Section(name: "'mapping.error'", keys: ["message", "code"])
    static let providerTLS = Section(name: "a provider's 'tls'", keys: ["ca", "insecure"])
    static let pool = Section(
        name: "a provider's 'pool'",
        keys: ["max_connections", "max_idle", "idle_timeout", "max_waiting"])
    static let model = Section(
        name: "a model", keys: ["name", "strategy", "targets", "fallback", "unknown_fields"])
    static let target = Section(
        name: "a target", keys: ["provider", "model", "weight", "priority"])
    static let key = Section(name: "a key", keys: ["name", "hash", "models", "stored_objects"])
    static let requestLimits = Section(
        name: "'request_limits'",
        keys: ["head", "fields", "body", "upload", "answer", "connections"])
    static let fetch = Section(
        name: "'fetch'", keys: ["allow", "networks", "max_bytes", "max_images", "timeout"])
    static let storedObjects = Section(
        name: "'stored_objects'", keys: ["openai", "anthropic", "gemini"])
    static let timeouts = Section(
        name: "'timeouts'",
        keys: [
            "connect", "first_token", "between_tokens", "keep_alive", "total", "client_request",
            "client_idle", "client_write", "drain",
        ])
    static let price = Section(
        name: "a price",
        keys: [
            "provider", "model", "input", "output", "cached_input", "cache_write",
            "cache_write_1h", "reasoning", "audio_input", "audio_output", "batch_input",
            "batch_output", "tiers",
        ])
    static let priceTier = Section(
        name: "a price's tier",
        keys: [
            "above_input", "input", "output", "cached_input", "cache_write", "cache_write_1h",
            "reasoning", "audio_input", "audio_output", "batch_input", "batch_output",
        ])
    static let attempts = Section(name: "'attempts'", keys: ["max"])
}

/// What the documentation promises and this version does not do yet: refused, never ignored.
enum Unsupported {
    /// Keys by the name of their section.
    static let keys: [(section: String, key: String)] = [
        (Section.top.name, "redis"),
        (Section.top.name, "limits"),
        (Section.top.name, "cache"),
        (Section.provider.name, "region"),
    ]

    /// Values by the name of their key.
    static let values: [(key: String, value: String)] = [
        ("strategy", "latency"),
        ("strategy", "cost"),
    ]

    static func isKey(_ key: String, in section: Section) -> Bool {
        keys.contains { $0.section == section.name && $0.key == key }
    }

    static func isValue(_ value: String, of key: String) -> Bool {
        values.contains { $0.key == key && $0.value == value }
    }
}
