// SPDX-License-Identifier: Apache-2.0
public import Core

/// Where an upstream listens: scheme, host and port (RFC 6454, section 4).
public struct Origin: Sendable, Hashable {
    /// With TLS or without.
    public enum Scheme: Sendable, Hashable { case http, https }

    public var scheme: Scheme
    /// A DNS name or an address literal, without brackets.
    public var host: String
    public var port: UInt16

    public init(scheme: Scheme, host: String, port: UInt16) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// The `Host` field's value: the port only when it is not the scheme's own.
    public var authority: Bytes {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let isDefault = port == (scheme == .https ? 443 : 80)
        return Bytes(isDefault ? name : "\(name):\(port)")
    }
}
