// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

@Suite struct HTTPDateTests {
    static let dates: [(Int64, String)] = [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_795_237_584, "Sat, 21 Nov 2026 05:06:24 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ]

    // Macros do not take spans.
    private func parse(_ text: Bytes) -> Timestamp? { HTTPDate.parse(text.span) }

    @Test("dates are written and read", arguments: dates)
    func roundTrip(seconds: Int64, text: String) {
        var writer = ByteWriter()
        let time = Timestamp(nanoseconds: seconds * 1_000_000_000)
        writer.append(httpDate: time)
        let bytes = writer.finish()
        #expect(bytes.string == text)
        #expect(parse(bytes) == time)
        #expect(bytes.count == HTTPDate.count)
    }

    @Test(
        "other forms and impossible dates are not read",
        arguments: [
            "", "0", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 6  Nov 1994 08:49:37 GMT",
            "Tue, 30 Feb 2000 00:00:00 GMT", "Wed, 30 Feb 2000 00:00:00 GMT",
            "Sun, 06 Nov 9999 08:49:37 GMT",
        ])
    func refused(text: String) {
        #expect(parse(Bytes(text)) == nil)
    }

    @Test("the cache changes with the second")
    func cache() {
        var cache = HTTPDateCache()
        let first = cache.bytes(at: Timestamp(nanoseconds: 999_999_999))
        #expect(first.string.hasSuffix("00:00:00 GMT"))
        #expect(cache.bytes(at: Timestamp(nanoseconds: 0)) == first)
        #expect(cache.bytes(at: Timestamp(nanoseconds: 1_000_000_000)).string.hasSuffix("01 GMT"))
    }
}
