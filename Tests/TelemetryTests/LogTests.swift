// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Testing

@testable import Telemetry

@Suite struct LogTests {
    @Test("a message is one line of JSON with its fields, hostile text escaped")
    func line() throws {
        let pipe = try TestPipe()
        let log = Log(to: LogDescriptor(borrowing: pipe.writer))
        log.warning("upstream ejected") { line in
            line.add("upstream", "op\"en\nai")
            line.add("status", 503)
            line.add("for_us", microseconds: .milliseconds(2))
            line.add("reason", Bytes([0xFF]))
        }
        let bytes = pipe.readAvailable()
        #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let object = try Sample.object(Bytes(bytes))
        #expect(object["level"] as? String == "warning")
        #expect(object["message"] as? String == "upstream ejected")
        #expect(object["upstream"] as? String == "op\"en\nai")
        #expect(object["status"] as? Int == 503)
        #expect(object["for_us"] as? Int == 2_000)
        #expect(object["reason"] as? String == "\u{FFFD}")
    }

    @Test("messages below the level are not written")
    func levels() throws {
        let pipe = try TestPipe()
        let log = Log(to: LogDescriptor(borrowing: pipe.writer))
        log.debug("no")
        #expect(pipe.readAvailable().isEmpty)
        log.level = .error
        log.warning("no")
        #expect(pipe.readAvailable().isEmpty)
        log.level = .debug
        log.debug("yes")
        #expect(!pipe.readAvailable().isEmpty)
    }

    @Test("a level is found by its name")
    func names() {
        for level in LogLevel.allCases { #expect(LogLevel(level.label.description) == level) }
        #expect(LogLevel("loud") == nil)
    }

    @Test("a repeating message is kept back, and counted")
    func throttle() {
        var throttle = LogThrottle(burst: 2, per: .seconds(10))
        func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
        #expect(throttle.admit(at: at(0)) == 0)
        #expect(throttle.admit(at: at(1)) == 0)
        #expect(throttle.admit(at: at(2)) == nil)
        #expect(throttle.admit(at: at(9)) == nil)
        #expect(throttle.admit(at: at(10)) == 2)
        #expect(throttle.admit(at: at(11)) == 0)
        #expect(throttle.admit(at: at(12)) == nil)
    }
}
