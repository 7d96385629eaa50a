// SPDX-License-Identifier: Apache-2.0

/// Finds the certificate for a host: exact names, then `*.` for one label (RFC 9525 §6.3).
struct TLSServerNames: Sendable {
    private var exact: [String: Int] = [:]
    /// Keyed by what follows the star, its dot included.
    private var wildcards: [String: Int] = [:]

    /// Names by index; the first that claims a name has it.
    init(_ claims: [[String]]) {
        for (index, names) in claims.enumerated() {
            for name in names {
                if name.hasPrefix("*.") {
                    let rest = String(name.dropFirst())
                    if wildcards[rest] == nil { wildcards[rest] = index }
                } else if exact[name] == nil {
                    exact[name] = index
                }
            }
        }
    }

    /// The index that claimed the host; nil for a host that nobody claimed.
    func index(of host: String) -> Int? {
        let name = HostPort(host: host, port: 0).host
        if let index = exact[name] { return index }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
        return wildcards[String(name[dot...])]
    }
}
