// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Glibc
import Reactor

/// One answer as a test looks at it.
struct Answer {
    let head: String
    let body: String
    /// Whether the body came to its proper end.
    var isWhole = true

    var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

    /// The value of a field, by its lower-case name.
    func field(_ name: String) -> String? {
        head.components(separatedBy: "\r\n").dropFirst()
            .first { $0.hasPrefix("\(name): ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    /// The body as a JSON object.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
    }

    /// `error.code` of an error body.
    var code: String? { (json["error"] as? [String: Any])?["code"] as? String }
}

/// A blocking client on one connection; gives up after a while, so that no test hangs.
final class Caller {
    static let patience = 20

    private let descriptor: Int32
    private var pending: [UInt8] = []
    /// Whether the connection could be made.
    let isConnected: Bool

    init(_ address: SocketAddress) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        Self.setPatience(descriptor)
        let descriptor = descriptor
        isConnected = address.withSockAddr { connect(descriptor, $0, $1) } == 0
    }

    /// Takes over a socket that somebody else has connected.
    init(accepted descriptor: Int32) {
        self.descriptor = descriptor
        isConnected = true
        Self.setPatience(descriptor)
    }

    private static func setPatience(_ descriptor: Int32) {
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func request(
        _ method: String, _ path: String, headers: [String] = [], body: String = ""
    ) {
        let length = body.isEmpty && method != "POST" ? [] : ["content-length: \(body.utf8.count)"]
        let lines = ["\(method) \(path) HTTP/1.1", "host: localhost"] + headers + length
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Sends no more, but reads on.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func readMore() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    /// Reads until the text has come and takes everything up to its end; nil if it never comes.
    func read(until text: String) -> String? {
        while true {
            if let end = Self.find(Array(text.utf8), in: pending) {
                let taken = pending[..<(end + text.utf8.count)]
                defer { pending.removeFirst(taken.count) }
                return String(decoding: taken, as: UTF8.self)
            }
            guard readMore() else { return nil }
        }
    }

    /// Everything up to the end of the connection.
    func readToEnd() -> String {
        while readMore() {}
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Whether the other side ends the connection without another byte.
    func isEnded() -> Bool { pending.isEmpty && !readMore() }

    /// The next answer; nil if the connection ends before its head.
    func answer(toHead: Bool = false) -> Answer? {
        guard let head = read(until: "\r\n\r\n") else { return nil }
        if toHead { return Answer(head: head, body: "") }
        if head.lowercased().contains("transfer-encoding: chunked") { return chunked(head) }
        guard let length = Answer(head: head, body: "").field("content-length").flatMap(Int.init)
        else { return Answer(head: head, body: readToEnd()) }
        while pending.count < length {
            guard readMore() else { break }
        }
        let body = pending.prefix(length)
        pending.removeFirst(body.count)
        return Answer(
            head: head, body: String(decoding: body, as: UTF8.self), isWhole: body.count == length)
    }

    private func chunked(_ head: String) -> Answer {
        var body = ""
        while let line = read(until: "\r\n"), let size = Int(line.dropLast(1), radix: 16) {
            guard size > 0 else {
                _ = read(until: "\r\n")
                return Answer(head: head, body: body)
            }
            while pending.count < size + 2 {
                guard readMore() else { return Answer(head: head, body: body, isWhole: false) }
            }
            body += String(decoding: pending[..<size], as: UTF8.self)
            pending.removeFirst(size + 2)
        }
        return Answer(head: head, body: body, isWhole: false)
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= needle.count else { return nil }
        return (0...bytes.count - needle.count).first { start in
            bytes[start..<start + needle.count].elementsEqual(needle)
        }
    }

    /// One request on a connection of its own; a status of 0 means that none could be made.
    static func call(
        _ method: String, _ path: String, at address: SocketAddress, headers: [String] = [],
        body: String = ""
    ) -> Answer {
        let caller = Caller(address)
        guard caller.isConnected else { return Answer(head: "", body: "", isWhole: false) }
        caller.request(method, path, headers: headers, body: body)
        return caller.answer(toHead: method == "HEAD")
            ?? Answer(head: "", body: "", isWhole: false)
    }
}

/// Asks again and again until the condition holds; false when it has not for too long.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = SystemClock.monotonic() + .seconds(Caller.patience)
    while SystemClock.monotonic() < deadline {
        if condition() { return true }
        sched_yield()
    }
    return false
}
