// SPDX-License-Identifier: Apache-2.0
public import Reactor

/// A snapshot with what had to be read from files for it; shared by all workers.
public struct LoadedSnapshot: Sendable {
    public let values: Snapshot
    /// Nil when the API is served without TLS.
    public let serverTLS: TLSServerContext?

    /// Reads the certificate and key that the snapshot names; throws if they cannot be used.
    public init(_ values: Snapshot) throws(TLSFault) {
        self.values = values
        guard let files = values.listen.tls else {
            serverTLS = nil
            return
        }
        let identity = try TLSIdentity(
            certificates: .file(files.certificateFile), key: .file(files.keyFile))
        serverTLS = try TLSServerContext([identity])
    }
}
