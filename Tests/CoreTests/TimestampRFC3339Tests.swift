// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct TimestampRFC3339Tests {
    @Test(
        "a time is read with its fraction and offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2025-03-15T09:38:27Z", 1_742_031_507_000_000_000),
            ("2025-03-15T10:38:27.25+01:00", 1_742_031_507_250_000_000),
            ("2025-03-15t05:08:27-04:30", 1_742_031_507_000_000_000),
        ])
    func reading(text: String, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: Bytes(text).span)?.nanoseconds == nanoseconds)
    }

    @Test(
        "anything else is nil",
        arguments: [
            "", "2025-03-15", "2025-03-15T09:38:27", "2025-13-15T09:38:27Z",
            "2025-03-15T24:38:27Z", "2025-03-15T09:38:27+0100", "2025-03-15 09:38:27Z",
            "2025-03-15T09:38:27ZZ", "9999-12-31T23:59:59Z",
        ])
    func refusing(text: String) { #expect(Timestamp(rfc3339: Bytes(text).span) == nil) }

    @Test("what is written is read again")
    func roundTrip() {
        let time = Timestamp(nanoseconds: 1_795_237_584_123_456_000)
        var writer = ByteWriter()
        writer.append(rfc3339: time)
        #expect(Timestamp(rfc3339: writer.finish().span) == time)
    }
}
