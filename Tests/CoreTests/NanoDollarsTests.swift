// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct NanoDollarsTests {
    @Test(
        "dollars are written with the decimals they need",
        arguments: [
            (0, "0"), (1, "0.000000001"), (1_250_000, "0.00125"), (3_000_000_000, "3"),
            (12_340_000_000, "12.34"), (-1_500_000_000, "-1.5"),
            (Int64.max, "9223372036.854775807"),
        ])
    func writing(_ value: Int64, _ text: String) {
        #expect(NanoDollars(value).description == text)
        if value >= 0 { #expect(NanoDollars(dollars: Bytes(text).span)?.value == value) }
    }

    @Test(
        "anything but plain decimals is refused",
        arguments: [
            "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1.2.3", "0.0000000001",
            "9223372036.854775808", "99999999999999999999",
        ])
    func reading(_ text: String) {
        #expect(NanoDollars(dollars: Bytes(text).span) == nil)
    }

    @Test("sums and differences stop at the ends")
    func saturation() {
        #expect(NanoDollars.max + NanoDollars(1) == .max)
        #expect(NanoDollars(.min) + NanoDollars(-1) == NanoDollars(.min))
        #expect(NanoDollars(.min) - NanoDollars(1) == NanoDollars(.min))
        #expect(NanoDollars.max - NanoDollars(-1) == .max)
        #expect(NanoDollars.dollars(.max) == .max)
        #expect(NanoDollars.dollars(2) - .dollars(3) == .dollars(-1))
    }
}
