// SPDX-License-Identifier: Apache-2.0
import Glibc
import Upstreams

/// Reads `OLLAMA_HOST` as Ollama's own client does: scheme, host, port and path may be missing.
enum OllamaHost {
    static let defaultPort = 11434

    /// The address that its paths begin behind.
    static func base(_ text: String) throws(BaseAddress.Fault) -> BaseAddress {
        // An explicit scheme brings its own port; without one it is Ollama's.
        guard !text.contains("://") else {
            return try connectable(BaseAddress(parsing: text))
        }
        let authority = text.prefix { $0 != "/" }
        let path = text[authority.endIndex...]
        return try connectable(BaseAddress(parsing: "http://\(complete(authority))\(path)"))
    }

    private static func complete(_ authority: Substring) -> String {
        if ListenAddress.isAddress(authority, family: AF_INET6) {
            return "[\(authority)]:\(defaultPort)"
        }
        if authority.hasPrefix(":") { return "127.0.0.1\(authority)" }
        let hasPort =
            authority.hasPrefix("[") ? authority.contains("]:") : authority.contains(":")
        return hasPort ? String(authority) : "\(authority):\(defaultPort)"
    }

    /// Servers are told to listen on all interfaces by the same variable; nobody connects to that.
    private static func connectable(_ address: BaseAddress) -> BaseAddress {
        var address = address
        if address.origin.host == "0.0.0.0" { address.origin.host = "127.0.0.1" }
        if address.origin.host == "::" { address.origin.host = "::1" }
        return address.completed(for: .ollama)
    }
}
