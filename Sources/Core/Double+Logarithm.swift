// SPDX-License-Identifier: Apache-2.0

extension Double {
    /// ln of a positive finite number, the same to the last bit on every machine; error < 1e-12.
    public var naturalLogarithm: Double {
        precondition(self > 0 && isFinite)
        // ln s = 2 artanh z with z = (s − 1) / (s + 1); for s in 1 ..< 2, z < 1/3.
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var term = ratio
        var sum = 0.0
        var divisor = 1.0
        while divisor < 27 {
            sum += term / divisor
            term *= square
            divisor += 2
        }
        return 2 * sum + Double(exponent) * 0.693_147_180_559_945_3
    }

    /// The decimal logarithm of a positive finite number.
    public var decimalLogarithm: Double { naturalLogarithm / 2.302_585_092_994_045_7 }
}
