// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

/// A stream under way, followed segment by segment; a lost one comes again, as TCP does.
struct SimulatedStream {
    let ticket: StreamTicket
    let opener: Int
    let openerLife: Int
    let number: UInt64
    let acceptor: Int
    let acceptorLife: Int
    let until: Int64
    /// Plaintext that waits for the hello.
    var frame: Bytes
    var leg = Leg.connect
    var attempt = 0
    var challenge: UInt64 = 0
    /// Sealed bytes under way.
    var sealed = Bytes()
    var isOver = false

    enum Leg: Int {
        /// SYN. Successor: accept.
        case connect
        /// SYN-ACK, by the kernel even of a stopped process. Successor: hello.
        case accept
        /// The acceptor's hello. Successor: request.
        case hello
        /// The opener's frame. Successor: reply.
        case request
        /// The acceptor's frame. Successor: remainder, or the end.
        case reply
        /// The opener's last frame, then the end.
        case remainder

        var isFromOpener: Bool { self == .connect || self == .request || self == .remainder }

        /// First wait for an acknowledgement, in nanoseconds (RFC 6298; Linux's floor of 200 ms).
        var patience: Int64 { self == .connect || self == .accept ? 1_000_000_000 : 200_000_000 }

        /// True when the process, not the kernel, has to act on arrival.
        var needsProcess: Bool { self != .connect }
    }
}

/// Names a stream for the whole run; its place is used again, its serial is not.
struct StreamTicket: Hashable {
    let place: Int
    let serial: Int
}
