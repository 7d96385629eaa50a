// SPDX-License-Identifier: Apache-2.0

/// What may stand in a header that the gateway sends upstream.
enum HeaderRule {
    /// Headers that the gateway writes itself; a second one would change what a request means.
    static let reserved: Set<String> = [
        "connection", "content-length", "content-type", "expect", "host", "keep-alive",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// A token of RFC 9110, section 5.6.2.
    static func isName(_ name: String) -> Bool {
        let marks = "!#$%&'*+-.^_`|~".utf8
        return (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || marks.contains($0)
            }
    }

    /// No control characters, so that a value cannot end its line (RFC 9110, section 5.5).
    static func isValue(_ value: String) -> Bool {
        value.utf8.count <= 8192
            && value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
            && ![0x20, 0x09].contains(value.utf8.first ?? 0)
            && ![0x20, 0x09].contains(value.utf8.last ?? 0)
    }

    /// A credential: visible ASCII only, so that pasted blanks and quotes do not hide in it.
    static func isCredential(_ value: String) -> Bool {
        (1...8192).contains(value.utf8.count)
            && value.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x27 }
    }
}
