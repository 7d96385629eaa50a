// SPDX-License-Identifier: Apache-2.0

/// Writes RFC 3339 times of one clock: the part down to the second is made once a second.
public struct RFC3339Cache: Sendable {
    private var second = Int64.min
    private var prefix = Bytes()

    public init() {}

    /// Appends what `append(rfc3339:)` would.
    public mutating func append(_ timestamp: Timestamp, to writer: inout ByteWriter) {
        if timestamp.seconds != second || prefix.isEmpty { remember(timestamp) }
        writer.append(prefix)
        writer.append(digits: Int(timestamp.nanoseconds - second * 1_000_000_000) / 1000, width: 6)
        writer.append(UInt8(ascii: "Z"))
    }

    private mutating func remember(_ timestamp: Timestamp) {
        second = timestamp.seconds
        var text = ByteWriter(capacity: 32)
        text.append(rfc3339: timestamp)
        prefix = text.finish().prefix(20)
    }
}
