// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Glibc
import Reactor

/// An upstream whose every byte the test sends by hand, so that nothing depends on pace.
final class HandUpstream: Sendable {
    let address: SocketAddress
    private let descriptor: Int32

    init() throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = listening
        let wanted = SocketAddress.loopback(port: 0)
        guard wanted.withSockAddr({ bind(listening, $0, $1) }) == 0, listen(listening, 8) == 0,
            let bound = SocketAddress.filled(by: { getsockname(listening, $0, $1) }).address
        else { throw CocoaError(.fileWriteUnknown) }
        address = bound
        var patience = timeval(tv_sec: Caller.patience, tv_usec: 0)
        setsockopt(
            listening, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next request's connection, once its head is read; nil if none comes.
    func accept() -> Caller? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        let connection = Caller(accepted: accepted)
        return connection.read(until: "\r\n\r\n") == nil ? nil : connection
    }

    static let streamHead =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    static func event(_ text: String) -> String {
        let data = """
            data: {"object":"chat.completion.chunk","choices":[{"index":0,\
            "delta":{"content":"\(text)"},"finish_reason":null}]}\n\n
            """
        return chunk(data)
    }

    static let streamEnd = chunk("data: [DONE]\n\n") + "0\r\n\r\n"

    private static func chunk(_ data: String) -> String {
        "\(String(data.utf8.count, radix: 16))\r\n\(data)\r\n"
    }
}
