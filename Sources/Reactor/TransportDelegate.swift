// SPDX-License-Identifier: Apache-2.0

/// Who hears of a transport's bytes; always on the transport's loop.
public protocol TransportDelegate: AnyObject {
    /// Bytes have come in; they are lent for the time of the call.
    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>)

    /// The peer will send no more.
    func transportDidReachEnd(_ transport: Transport)

    /// Output that was over the high watermark has fallen below the low one.
    func transportDidDrain(_ transport: Transport)

    /// The connection is gone; nothing more is reported.
    func transport(_ transport: Transport, didFail fault: TransportFault)

    /// The transport can carry application bytes: at once for plain ones, else after the handshake.
    func transportDidBecomeReady(_ transport: Transport)
}

/// Why a connection ended other than by its peer's orderly end.
public enum TransportFault: Error, Equatable, Sendable {
    /// The peer refused, reset or vanished; the errno.
    case system(Int32)
    /// TLS failed.
    case tls(TLSFault)

    /// A bounded text for metrics and records.
    public var label: StaticString {
        switch self {
        case .system: "connection_lost"
        case .tls: "tls_failure"
        }
    }
}
