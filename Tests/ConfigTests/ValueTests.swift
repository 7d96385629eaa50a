// SPDX-License-Identifier: Apache-2.0
import Testing
import Upstreams

@testable import Config

@Suite struct ValueTests {
    @Test(
        "durations",
        arguments: [
            ("500ms", .milliseconds(500)), ("5s", .seconds(5)), ("10m", .seconds(600)),
            ("1h", .seconds(3600)), ("0", .zero), ("5 s", .seconds(5)), ("5", nil), ("s", nil),
            ("", nil), ("-5s", nil), ("1.5s", nil), ("5S", nil), ("5sec", nil), ("1h30m", nil),
            ("99999999999999999999s", nil), ("9223372036854775807h", nil), ("٣s", nil),
        ] as [(String, Duration?)])
    func duration(text: String, expected: Duration?) {
        #expect(UnitText.duration(text) == expected)
    }

    @Test(
        "sizes",
        arguments: [
            ("0", 0), ("512", 512), ("512B", 512), ("64KB", 64_000), ("64KiB", 65_536),
            ("32MiB", 33_554_432), ("1GB", 1_000_000_000), ("1 GiB", 1_073_741_824), ("1mb", nil),
            ("1.5MB", nil), ("MB", nil), ("", nil), ("9223372036854775807KB", nil),
        ] as [(String, Int?)])
    func size(text: String, expected: Int?) {
        #expect(UnitText.size(text) == expected)
    }

    @Test("shown values are read as the same value")
    func roundTrip() {
        for milliseconds in [0, 1, 999, 1000, 1500, 60_000, 90_000, 3_600_000, 86_400_000] {
            let duration = Duration.milliseconds(milliseconds)
            #expect(UnitText.duration(UnitText.show(duration)) == duration)
        }
        for bytes in [0, 1, 1000, 1024, 1536, 1 << 20, 1 << 30, 3 << 30] {
            #expect(UnitText.size(UnitText.show(bytes: bytes)) == bytes)
        }
    }

    @Test(
        "the nearest name",
        arguments: [
            ("timeuots", "timeouts"), ("baes", "base"), ("maxIdle", "max_idle"),
            ("max-idle", "max_idle"), ("max_conn", "max_connections"), ("NAME", "name"),
            ("kind_", "kind"), ("x", nil), ("", nil), ("zzzz", nil), ("max", nil),
            (String(repeating: "n", count: 65), nil),
        ] as [(String, String?)])
    func nearest(name: String, expected: String?) {
        let known = ["name", "kind", "base", "timeouts", "max_idle", "max_connections"]
        #expect(NearestName.find(name, among: known) == expected)
    }

    @Test(
        "the distance of names counts a swap once",
        arguments: [
            ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("ab", "abc", 1),
            ("abc", "adc", 1), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3),
            ("ca", "abc", 3),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == expected)
    }

    @Test(
        "addresses to listen on, and whether only this machine reaches them",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1:8080", true), ("localhost:0", "127.0.0.1:0", true),
            ("127.9.9.9:1", "127.9.9.9:1", true), ("[::1]:80", "[::1]:80", true),
            ("[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:80", true),
            ("0.0.0.0:65535", "0.0.0.0:65535", false), ("[::]:80", "[::]:80", false),
            ("10.0.0.1:80", "10.0.0.1:80", false),
        ])
    func listenAddress(text: String, description: String, isLoopback: Bool) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.description == description)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(
        "what is no address to listen on",
        arguments: [
            "", ":", "8080", "::1:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
            "127.0.0.1:+1", "127.0.0.1:-1", "127.1:80", "[127.0.0.1]:80", "[::1:80", "a.b:80",
            "*:80", "127.0.0.1 :80", "127.0.0.1:٣",
        ])
    func noListenAddress(text: String) {
        #expect(throws: ListenAddress.Fault.self) { try ListenAddress(parsing: text) }
    }

    @Test(
        "base addresses: host, port and path",
        arguments: [
            ("https://api.openai.com/v1", "api.openai.com", 443, "/v1"),
            ("HTTPS://API.openai.com/v1/", "api.openai.com", 443, "/v1"),
            ("http://127.0.0.1:11434", "127.0.0.1", 11434, ""),
            ("http://[::1]:8080/a/b//", "::1", 8080, "/a/b"),
            ("http://[fe80::1]", "fe80::1", 80, ""), ("https://a_b.svc:1/", "a_b.svc", 1, ""),
        ])
    func base(text: String, host: String, port: UInt16, path: String) throws {
        let base = try BaseAddress(parsing: text)
        let scheme: Origin.Scheme = text.lowercased().hasPrefix("https") ? .https : .http
        #expect(base.origin == Origin(scheme: scheme, host: host, port: port))
        #expect(base.path == path)
    }

    @Test(
        "what is no base address",
        arguments: [
            "", "://", "https://", "https:///x", "https:x", "api.openai.com", "https://a:0",
            "https://a:", "https://a:b", "https://a:1:2", "https://[::1", "https://::1/",
            "https://a..b", "https://.a", "https://-a", "https://a/\r\nx", "https://a b",
            "https://ä", "https://a/ü", "https://a#b", "https://u@a", "https://a\\b",
            "ws://a", "https://[::1]x:80",
        ])
    func noBase(text: String) {
        #expect(throws: BaseAddress.Fault.self) { try BaseAddress(parsing: text) }
    }
}
