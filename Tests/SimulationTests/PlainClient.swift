// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Glibc
import Reactor

/// A blocking socket that says what it is told and shows what it hears: no HTTP of our own.
final class PlainClient {
    private let descriptor: Int32

    init(_ address: SocketAddress) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
        let result = address.withSockAddr { connect(descriptor, $0, $1) }
        precondition(result == 0, "cannot connect")
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Whatever has come, at least one byte; nil at the end or after a reset.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Reads until the text has come; nil if the connection ended before.
    func read(until text: String) -> String? {
        var all: [UInt8] = []
        while let more = read() {
            all += more
            let seen = String(decoding: all, as: UTF8.self)
            if seen.contains(text) { return seen }
        }
        return nil
    }

    /// All bytes up to the end of the connection.
    func readToEnd() -> [UInt8] {
        var all: [UInt8] = []
        while let more = read() { all += more }
        return all
    }

    /// A POST whose answer ends the connection, with chunks put together: head and body.
    static func post(
        _ path: String, _ body: String, to address: SocketAddress, method: String = "POST",
        headers: String = ""
    ) -> PlainAnswer {
        let client = PlainClient(address)
        client.send(
            "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\(headers)"
                + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
        return PlainAnswer(client.readToEnd())
    }

    static func get(_ path: String, from address: SocketAddress) -> PlainAnswer {
        post(path, "", to: address, method: "GET")
    }
}

/// An answer as a test looks at it.
struct PlainAnswer {
    /// Everything received, repaired where a cut character is no text.
    let raw: String
    let head: String
    /// The body; of a chunked one the data of all whole chunks.
    let body: String
    let chunks: [[UInt8]]
    /// Whether the last chunk came.
    let isTerminated: Bool

    init(_ bytes: [UInt8]) {
        raw = String(decoding: bytes, as: UTF8.self)
        let end = Self.find([13, 10, 13, 10], in: bytes, from: 0) ?? bytes.count
        head = String(decoding: bytes[..<end], as: UTF8.self)
        let rest = Array(bytes.dropFirst(end + 4))
        guard head.contains("transfer-encoding: chunked") else {
            body = String(decoding: rest, as: UTF8.self)
            chunks = []
            isTerminated = true
            return
        }
        var data: [UInt8] = []
        var pieces: [[UInt8]] = []
        var position = 0
        var isDone = false
        while let lineEnd = Self.find([13, 10], in: rest, from: position) {
            let size = Int(String(decoding: rest[position..<lineEnd], as: UTF8.self), radix: 16)
            guard let size, size > 0 else {
                isDone = size == 0
                break
            }
            guard lineEnd + 2 + size <= rest.count else { break }
            let chunk = rest[lineEnd + 2..<lineEnd + 2 + size]
            data += chunk
            pieces.append(Array(chunk))
            position = lineEnd + 4 + size
        }
        body = String(decoding: data, as: UTF8.self)
        chunks = pieces
        isTerminated = isDone
    }

    var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

    /// The payloads of the event stream.
    var events: [String] {
        body.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }
            .map { String($0.dropFirst(6)) }
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
        guard bytes.count >= needle.count + from else { return nil }
        for start in from...bytes.count - needle.count
        where bytes[start..<start + needle.count].elementsEqual(needle) { return start }
        return nil
    }
}
