// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Upstreams

/// Addresses that callers write, and the patterns that allow some of them.
@Suite struct FetchAddressTests {
    @Test("an address has an origin and a target")
    func parts() throws {
        let plain = try FetchAddress(parsing: "https://Images.Example.com/a/b%20c.png?x=1&y#top")
        #expect(plain.origin == Origin(scheme: .https, host: "images.example.com", port: 443))
        #expect(plain.target == "/a/b%20c.png?x=1&y")
        #expect(plain.path == "/a/b%20c.png")
        let port = try FetchAddress(parsing: "HTTP://h:8080")
        #expect(port.origin == Origin(scheme: .http, host: "h", port: 8080))
        #expect(port.target == "/")
        let query = try FetchAddress(parsing: "http://h?x")
        #expect(query.target == "/?x")
        let six = try FetchAddress(parsing: "http://[::1]:81/")
        #expect(six.origin == Origin(scheme: .http, host: "::1", port: 81))
    }

    @Test(
        "what can be read in two ways is no address",
        arguments: [
            ("", FetchAddress.Fault.malformed), ("ftp://h/", .malformed),
            ("file:///etc", .malformed),
            ("http:/h", .malformed), ("http://", .malformed), ("http:///x", .malformed),
            ("http://h:0/", .malformed), ("http://h:99999/", .malformed),
            ("http://h:/", .malformed),
            ("http://h:8x/", .malformed), ("http://a b/", .malformed), ("http://h/a b", .malformed),
            ("http://h\\x/", .malformed), ("http://h/\u{e9}", .malformed),
            ("http://h\n/", .malformed),
            ("http://h./", .malformed), ("http://.h/", .malformed), ("http://h%2ex/", .malformed),
            ("http://[::1/", .malformed), ("http://[::1%25lo]/", .malformed), ("//h/", .malformed),
            ("http://u@h/", .hasUser), ("http://u:p@h/", .hasUser),
            ("http://images.example.com@evil.test/", .hasUser),
            ("http://h/a/../b", .hasDotSegment), ("http://h/..", .hasDotSegment),
            ("http://h/%2e%2E/b", .hasDotSegment), ("http://h/./b", .hasDotSegment),
            ("http://h/a%2fb", .hasDotSegment), ("http://h/a%5cb", .hasDotSegment),
            ("http://h/%zz", .hasDotSegment),
        ])
    func refused(text: String, fault: FetchAddress.Fault) {
        #expect(throws: fault) { try FetchAddress(parsing: Bytes(text)) }
    }

    @Test(
        "a pattern allows what is below it, and nothing beside it",
        arguments: [
            ("https://h.test/", "https://h.test/a/b.png?x", true),
            ("https://h.test", "https://h.test/a", true),
            ("https://h.test/", "http://h.test/a", false),
            ("https://h.test/", "https://h.test:444/a", false),
            ("https://h.test:444/", "https://h.test:444/a", true),
            ("https://h.test/", "https://x.h.test/a", false),
            ("https://h.test/", "https://h.test.evil.test/a", false),
            ("https://h.test/a/", "https://h.test/a/b", true),
            ("https://h.test/a/", "https://h.test/ab", false),
            ("https://h.test/a", "https://h.test/a", true),
            ("https://h.test/a", "https://h.test/a?x", true),
            ("https://h.test/a", "https://h.test/a/b", true),
            ("https://h.test/a", "https://h.test/ab", false),
            ("https://*.h.test/", "https://x.y.h.test/a", true),
            ("https://*.h.test/", "https://h.test/a", false),
            ("https://*.h.test/", "https://xh.test/a", false),
            ("http://[::1]:8/", "http://[::1]:8/x", true),
        ])
    func patterns(pattern: String, address: String, isAllowed: Bool) throws {
        let pattern = try #require(FetchPattern(pattern))
        #expect(pattern.allows(try FetchAddress(parsing: Bytes(address))) == isAllowed)
    }

    @Test(
        "what is no pattern is none",
        arguments: [
            "", "h.test", "https://*", "https://*.test/", "https://a.*.test/", "https://*/x",
            "https://u@h.test/", "https://h.test/?x", "https://h.test/#x", "https://h.test/../",
        ])
    func noPattern(text: String) { #expect(FetchPattern(text) == nil) }
}
