// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import JSON

/// One whole answer of the admin port.
struct AdminAnswer {
    static let json: StaticString = "application/json"

    var status: Int
    var contentType: StaticString
    var body: Bytes
    /// The methods of a 405.
    var allow: StaticString?

    init(_ status: Int, _ contentType: StaticString, _ body: Bytes) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    static func text(_ status: Int, _ body: StaticString) -> AdminAnswer {
        var writer = ByteWriter(capacity: 32)
        writer.append(body)
        return AdminAnswer(status, "text/plain; charset=utf-8", writer.finish())
    }

    /// A JSON object whose members `body` writes.
    static func object(_ status: Int, _ body: (inout JSONWriter) -> Void) -> AdminAnswer {
        var json = JSONWriter()
        json.beginObject()
        body(&json)
        json.endObject()
        return AdminAnswer(status, Self.json, json.finish())
    }

    init(_ fault: AdminFault) { self.init(fault, message: Bytes(fault.message.description)) }

    /// A fault of the HTTP message itself, with the exact status of its row.
    init(_ fault: HTTPFault) {
        self.init(AdminFault.malformed, message: Bytes(fault.message.description))
        status = fault.status
    }

    private init(_ fault: AdminFault, message: Bytes) {
        self = .object(fault.status) { json in
            json.key("error")
            json.beginObject()
            AdminAnswer.write(fault, message, to: &json)
            json.endObject()
        }
    }

    /// `message`, `type`, `param` and `code` of an open error object.
    static func write(_ fault: AdminFault, _ message: Bytes, to json: inout JSONWriter) {
        json.key("message")
        json.string(message)
        json.key("type")
        json.string(fault.type)
        json.key("param")
        json.null()
        json.key("code")
        json.string(fault.code)
    }
}
