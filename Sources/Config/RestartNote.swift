// SPDX-License-Identifier: Apache-2.0
import Gateway

/// A change that a running node cannot make.
public struct RestartNote: Sendable, Equatable, CustomStringConvertible {
    /// The key in the configuration.
    public var key: String
    public var current: String
    public var configured: String

    public var description: String {
        "'\(key)' is \(current) until a restart, then \(configured)"
    }

    static func all(from current: Snapshot, to next: Snapshot) -> [RestartNote] {
        let values: [(String, String, String)] = [
            ("listen.api", current.listen.api, next.listen.api),
            ("listen.admin", current.listen.admin, next.listen.admin),
            ("listen.cluster", current.listen.cluster ?? "off", next.listen.cluster ?? "off"),
            ("listen.tls", word(current.listen.tls), word(next.listen.tls)),
            ("node.name", current.node.name, next.node.name),
            ("node.region", quoted(current.node.region), quoted(next.node.region)),
            ("node.zone", quoted(current.node.zone), quoted(next.node.zone)),
            ("cluster.name", word(current.cluster?.name), word(next.cluster?.name)),
            (
                "cluster.advertise", word(current.cluster?.advertise),
                word(next.cluster?.advertise)
            ),
            ("access_log", word(current.accessLog), word(next.accessLog)),
        ]
        return values.compactMap { key, old, new in
            old == new ? nil : RestartNote(key: key, current: old, configured: new)
        }
    }

    private static func word(_ text: String?) -> String { text.map(quoted) ?? "unset" }

    private static func word(_ certificate: ServerCertificate?) -> String {
        certificate == nil ? "off" : "on"
    }

    private static func word(_ destination: AccessLogDestination) -> String {
        switch destination {
        case .standardOutput: "stdout"
        case .off: "off"
        case .file(let path): quoted(path)
        }
    }
}
