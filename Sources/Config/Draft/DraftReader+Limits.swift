// SPDX-License-Identifier: Apache-2.0
import Gateway

extension DraftReader {
    mutating func readLimits(_ node: YAMLNode?, into limits: inout RequestLimits) {
        guard let fields = fields(node, of: .requestLimits) else { return }
        // Slices of memory have 32-bit ranges, so no size may come near 4 GiB.
        let body = 1024...1 << 30
        set(&limits.headBytes, size(fields["head"], "head", in: 1024...1 << 20))
        set(&limits.fieldCount, integer(fields["fields"], "fields", in: 8...1000))
        set(&limits.bodyBytes, size(fields["body"], "body", in: body))
        // Passed on as it comes, so nothing here has to hold it.
        set(&limits.uploadBytes, size(fields["upload"], "upload", in: 1024...64 << 30))
        set(&limits.answerBytes, size(fields["answer"], "answer", in: body))
        set(
            &limits.connections,
            integer(fields["connections"], "connections", in: 1...1_000_000))
    }

    mutating func readTimeouts(_ node: YAMLNode?, into timeouts: inout Timeouts) {
        guard let fields = fields(node, of: .timeouts) else { return }
        let phase: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
        let keys: [(String, WritableKeyPath<Timeouts, Duration>)] = [
            ("connect", \.connect), ("first_token", \.firstToken),
            ("between_tokens", \.betweenTokens), ("total", \.total),
            ("client_request", \.clientRequest), ("client_idle", \.clientIdle),
            ("client_write", \.clientWrite),
        ]
        var written: [String: Located<Duration>] = [:]
        for (key, path) in keys {
            guard let value = duration(fields[key], key, in: phase) else { continue }
            timeouts[keyPath: path] = value.value
            written[key] = value
        }
        set(
            &timeouts.drain,
            duration(fields["drain"], "drain", in: .zero ... .seconds(86_400)))
        set(
            &timeouts.keepAlive,
            duration(fields["keep_alive"], "keep_alive", in: .zero ... .seconds(86_400)))
        for key in ["connect", "first_token", "between_tokens"] {
            guard let phase = written[key], phase.value > timeouts.total else { continue }
            diagnostics.warning(
                phase.position,
                "'\(key)' is longer than 'total' (\(UnitText.show(timeouts.total)))"
                    + " and never takes effect; lower it, or raise 'total'")
        }
    }

    mutating func readAttempts(_ node: YAMLNode?, into attempts: inout AttemptLimits) {
        guard let fields = fields(node, of: .attempts) else { return }
        set(&attempts.maximum, integer(fields["max"], "max", in: 1...16))
    }

    /// Overwrites a default by what was written.
    func set<Value>(_ place: inout Value, _ read: Located<Value>?) {
        if let read { place = read.value }
    }
}
