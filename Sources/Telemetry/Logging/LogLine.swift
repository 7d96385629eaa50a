// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

/// One log line while its fields are added. There is no way to add a secret.
public struct LogLine: ~Copyable {
    private var writer: JSONWriter

    init(_ level: LogLevel, _ message: StaticString, at time: Timestamp) {
        var stamp = ByteWriter(capacity: 32)
        stamp.append(rfc3339: time)
        writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("time")
        writer.string(stamp.finish())
        writer.key("level")
        writer.string(level.label)
        writer.key("message")
        writer.string(message)
    }

    public mutating func add(_ name: StaticString, _ value: StaticString) {
        writer.key(name)
        writer.string(value)
    }

    public mutating func add(_ name: StaticString, _ value: some StringProtocol) {
        writer.key(name)
        writer.string(value)
    }

    public mutating func add(_ name: StaticString, _ value: Bytes) {
        writer.key(name)
        writer.string(value)
    }

    public mutating func add(_ name: StaticString, _ value: Int) {
        writer.key(name)
        writer.int(value)
    }

    /// Adds a duration; the name should end in `_us`.
    public mutating func add(_ name: StaticString, microseconds value: Duration) {
        writer.key(name)
        writer.int(Int(value.microseconds))
    }

    consuming func finish() -> Bytes {
        writer.endObject()
        var line = writer.intoWriter()
        line.append(UInt8(ascii: "\n"))
        return line.finish()
    }
}
