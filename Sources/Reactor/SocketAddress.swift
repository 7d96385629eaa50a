// SPDX-License-Identifier: Apache-2.0
public import CLinux

/// Where a TCP or UDP socket lives: an IPv4 or IPv6 address and a port, inline in 24 bytes.
public struct SocketAddress: Sendable, Hashable {
    /// Which protocol the address belongs to.
    public enum Family: UInt8, Sendable, Hashable {
        case v4, v6
    }

    /// The first and last eight bytes as big-endian numbers; IPv4 uses the low 32 bits of `low`.
    let high: UInt64
    let low: UInt64
    /// The interface of a link-local IPv6 address, otherwise 0.
    private let scope: UInt32
    public var port: UInt16
    public let family: Family

    /// An IPv4 address given as a number, `0x7F000001` for 127.0.0.1.
    public init(v4 address: UInt32, port: UInt16) {
        high = 0
        low = UInt64(address)
        scope = 0
        self.port = port
        family = .v4
    }

    /// An IPv6 address given as two big-endian halves.
    public init(v6High high: UInt64, low: UInt64, scope: UInt32 = 0, port: UInt16) {
        self.high = high
        self.low = low
        self.scope = scope
        self.port = port
        family = .v6
    }

    /// Reads an IP literal without brackets; names and zones (`fe80::1%eth0`) give nil.
    public init?(literal: some StringProtocol, port: UInt16) {
        let text = String(literal)
        guard !text.utf8.contains(0), text.utf8.count <= 45 else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self.init(v4: UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        var six: (UInt64, UInt64) = (0, 0)
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(v6High: UInt64(bigEndian: six.0), low: UInt64(bigEndian: six.1), port: port)
    }

    /// Reads `1.2.3.4:80` or `[::1]:80`; host names are the business of `HostPort`.
    public init?(_ text: some StringProtocol) {
        guard let parts = HostPort(text), let address = parts.address else { return nil }
        self = address
    }

    /// 127.0.0.1.
    public static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(v4: 0x7F00_0001, port: port)
    }

    /// ::1.
    public static func loopbackV6(port: UInt16) -> SocketAddress {
        SocketAddress(v6High: 0, low: 1, port: port)
    }

    public var isLoopback: Bool {
        switch family {
        case .v4: low >> 24 == 127
        case .v6: high == 0 && low == 1
        }
    }

    /// 0.0.0.0 or ::, the wildcard to listen on.
    public var isUnspecified: Bool { high == 0 && low == 0 }

    /// The IPv4 address inside `::ffff:a.b.c.d` as IPv4; any other address as it is.
    public var unmapped: SocketAddress {
        guard family == .v6, high == 0, low >> 32 == 0xFFFF else { return self }
        return SocketAddress(v4: UInt32(truncatingIfNeeded: low), port: port)
    }

    /// The address as text without the port and without brackets.
    public var host: String {
        var text: InlineArray<46, UInt8> = .init(repeating: 0)
        var span = text.mutableSpan
        return unsafe span.withUnsafeMutableBytes { room in
            let start = unsafe room.bindMemory(to: CChar.self).baseAddress
            switch family {
            case .v4:
                var four = in_addr(s_addr: UInt32(truncatingIfNeeded: low).bigEndian)
                _ = unsafe inet_ntop(AF_INET, &four, start, socklen_t(room.count))
            case .v6:
                var six = (high.bigEndian, low.bigEndian)
                _ = unsafe inet_ntop(AF_INET6, &six, start, socklen_t(room.count))
            }
            let length = unsafe room.firstIndex(of: 0) ?? 0
            return unsafe String(decoding: room[..<length], as: UTF8.self)
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    public var description: String {
        switch family {
        case .v4: "\(host):\(port)"
        case .v6: "[\(host)]:\(port)"
        }
    }
}

extension SocketAddress {
    /// Reads what the kernel filled in; nil for families other than IPv4 and IPv6.
    public init?(_ storage: sockaddr_storage) {
        var copy = storage
        let read: SocketAddress? = unsafe withUnsafePointer(to: &copy) { pointer in
            unsafe SocketAddress(pointer: UnsafeRawPointer(pointer))
        }
        guard let read else { return nil }
        self = read
    }

    /// Reads an address that a C library points at; nil for families other than IPv4 and IPv6.
    init?(pointer: UnsafeRawPointer) {
        switch Int32(unsafe pointer.load(as: sa_family_t.self)) {
        case AF_INET:
            let four = unsafe pointer.loadUnaligned(as: sockaddr_in.self)
            self.init(
                v4: UInt32(bigEndian: four.sin_addr.s_addr), port: UInt16(bigEndian: four.sin_port))
        case AF_INET6:
            let six = unsafe pointer.loadUnaligned(as: sockaddr_in6.self)
            let halves = unsafe unsafeBitCast(six.sin6_addr, to: (UInt64, UInt64).self)
            self.init(
                v6High: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1),
                scope: six.sin6_scope_id, port: UInt16(bigEndian: six.sin6_port))
        default: return nil
        }
    }

    /// Lends the address in the kernel's form, for bind, connect and sendto.
    public func withSockAddr<Result, E: Error>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(E) -> Result
    ) throws(E) -> Result {
        switch family {
        case .v4:
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
            return try unsafe lend(&four, body)
        case .v6:
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            six.sin6_scope_id = scope
            six.sin6_addr = unsafe unsafeBitCast((high.bigEndian, low.bigEndian), to: in6_addr.self)
            return try unsafe lend(&six, body)
        }
    }

    private func lend<Form, Result, E: Error>(
        _ form: inout Form, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(E) -> Result
    ) throws(E) -> Result {
        try unsafe withUnsafePointer(to: &form) { (pointer) throws(E) in
            let generic = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            return try unsafe body(generic, socklen_t(MemoryLayout<Form>.size))
        }
    }

    /// Lets a call such as accept4 or getsockname fill in an address; nil if it returned below 0.
    public static func filled(
        by call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (result: Int32, address: SocketAddress?) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            return unsafe call(raw.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return (result, result < 0 ? nil : SocketAddress(storage))
    }

    /// `AF_INET` or `AF_INET6`, for `socket`.
    public var domain: Int32 { family == .v4 ? AF_INET : AF_INET6 }
}
