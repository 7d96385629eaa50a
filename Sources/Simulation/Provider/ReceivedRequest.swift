// SPDX-License-Identifier: Apache-2.0
public import Core
internal import HTTP
internal import JSON

/// One request as it came in, so that tests can see what reached the provider.
public struct ReceivedRequest: Sendable {
    public let method: Bytes
    /// The request target, query included.
    public let target: Bytes
    /// Names as sent, values trimmed, in order.
    public let headers: [ScriptedField]
    /// At most the first mebibyte.
    public internal(set) var body = Bytes()
    /// When its head was whole.
    public let arrived: Instant

    init(_ head: RequestHead, arrived: Instant) {
        method = head.methodName
        target = head.target
        headers = head.fields.map { ScriptedField(name: $0.name, value: $0.value) }
        self.arrived = arrived
    }

    /// The first value of a field; the name in lower case.
    public func header(_ name: StaticString) -> Bytes? {
        headers.first { $0.name.span.equalsIgnoringCase(name) }?.value
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("method")
        writer.string(method)
        writer.key("path")
        writer.string(target)
        writer.key("at_ns")
        writer.int(arrived.nanoseconds)
        writer.key("headers")
        writer.beginArray()
        for field in headers {
            writer.beginArray()
            writer.string(field.name)
            writer.string(field.value)
            writer.endArray()
        }
        writer.endArray()
        writer.key("body")
        writer.string(body)
        writer.endObject()
    }
}
