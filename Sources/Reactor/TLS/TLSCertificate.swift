// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
public import Core

/// One X.509 certificate and what operators want to know of it.
@safe public final class TLSCertificate: @unchecked Sendable {
    // Sendable: immutable after init, and the library counts its references atomically.
    let pointer: OpaquePointer
    /// DNS names it is valid for, lower case; not the common name (RFC 9525 §2).
    public let names: [String]
    public let notBefore: Timestamp
    public let notAfter: Timestamp

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
        names = unsafe TLSCertificate.names(of: pointer)
        notBefore = unsafe TLSCertificate.time(X509_get0_notBefore(pointer))
        notAfter = unsafe TLSCertificate.time(X509_get0_notAfter(pointer))
    }

    deinit { unsafe X509_free(pointer) }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp {
        let (scaled, overflow) = unsafe apus_seconds(time).multipliedReportingOverflow(
            by: 1_000_000_000)
        // Beyond 2262 is for ever; a text that is no time has never been valid.
        if overflow { return Timestamp(nanoseconds: unsafe apus_seconds(time) < 0 ? .min : .max) }
        return Timestamp(nanoseconds: scaled)
    }

    private static func names(of pointer: OpaquePointer) -> [String] {
        var names: [String] = []
        var index: Int32 = 0
        while index < 1024 {
            var room: InlineArray<256, UInt8> = .init(repeating: 0)
            var span = room.mutableSpan
            let length = unsafe span.withUnsafeMutableBytes { buffer in
                let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress
                return unsafe apus_dns_name(pointer, index, start, Int32(buffer.count))
            }
            guard length >= 0 else { break }
            let name = String(decoding: room.span.extracting(0..<Int(length)))
            // A zero byte or worse in a name is an attempt to deceive.
            if length > 0, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
                names.append(name.lowercased())
            }
            index += 1
        }
        return names
    }
}
