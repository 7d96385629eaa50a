// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

/// What one node knows of a request, or why it did not say.
public struct ExplanationRow: Sendable {
    /// Empty in the row of a region of which nobody answered.
    public var name: String
    public var region = ""
    /// Nil when it answered.
    public var fault: MemberFault?
    /// False where no access log is written.
    public var isKept = true
    /// Access records, each an object of JSON, the oldest first.
    public var records: [Bytes] = []

    public init(name: String) { self.name = name }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        if name.isEmpty { json.null() } else { json.string(name) }
        json.key("region")
        json.string(region)
        if let fault {
            json.key("error")
            json.string(AdminFault(fault).code)
        } else {
            json.key("kept")
            json.bool(isKept)
            json.key("records")
            // A record of another node is checked before it becomes a part of this answer.
            json.array(records.filter { (try? JSONScanner.validate($0.span)) != nil }) {
                json, record in json.raw(record)
            }
        }
        json.endObject()
    }
}
