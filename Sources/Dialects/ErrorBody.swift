// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// An error as a caller reads it, to be written in the caller's dialect.
public struct ErrorBody: Sendable {
    public var status: Int
    /// A sentence for people.
    public var message: Bytes
    /// One of the closed list of codes, for programs.
    public var code: StaticString?
    /// The JSON path of the field at fault.
    public var param: Bytes?
    /// The error's type where the one that the status implies does not fit.
    public var type: StaticString?
    public var requestID: Bytes?
    /// A JSON array with what each attempt came to.
    public var attempts: Bytes?

    public init(
        status: Int, message: Bytes, code: StaticString? = nil, param: Bytes? = nil,
        requestID: Bytes? = nil
    ) {
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.requestID = requestID
    }

    /// The body of an answer.
    public func encoded(for dialect: Dialect) -> Bytes {
        written(dialect, into: ByteWriter(capacity: 256 + message.count))
    }

    /// An event for a stream that has begun; the connection must be cut behind it.
    public func streamEvent(for dialect: Dialect) -> Bytes {
        var writer = ByteWriter(capacity: 280 + message.count)
        switch dialect {
        case .openAI, .gemini: writer.append("data: ")
        case .anthropic: writer.append("event: error\ndata: ")
        case .cohere:
            // The only event of Cohere's that has an error.
            writer.append("event: message-end\ndata: ")
            writer.append(cohereEnd)
            writer.append("\n\n")
            return writer.finish()
        case .ollama: break
        }
        writer.append(encoded(for: dialect))
        switch dialect {
        case .gemini: writer.append("\r\n\r\n")
        case .ollama: writer.append("\n")
        case .openAI, .anthropic, .cohere: writer.append("\n\n")
        }
        return writer.finish()
    }

    private func written(_ dialect: Dialect, into writer: consuming ByteWriter) -> Bytes {
        var json = JSONWriter(writer)
        switch dialect {
        case .openAI: writeOpenAI(&json)
        case .anthropic: writeAnthropic(&json)
        case .gemini: writeGemini(&json)
        case .cohere: writeCohere(&json)
        case .ollama: writeOllama(&json)
        }
        return json.finish()
    }

    private func writeOpenAI(_ json: inout JSONWriter) {
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.key("message")
        json.string(message)
        json.key("type")
        json.string(type ?? ErrorType.openAI(status))
        json.key("param")
        if let param { json.string(param) } else { json.null() }
        json.key("code")
        if let code { json.string(code) } else { json.null() }
        writeAttempts(&json)
        json.endObject()
        json.endObject()
    }

    private func writeAnthropic(_ json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.string("error" as StaticString)
        json.key("error")
        json.beginObject()
        json.key("type")
        json.string(type ?? ErrorType.anthropic(status))
        json.key("message")
        json.string(message)
        writeAttempts(&json)
        json.endObject()
        json.key("request_id")
        if let requestID { json.string(requestID) } else { json.null() }
        json.endObject()
    }

    private func writeGemini(_ json: inout JSONWriter) {
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.key("code")
        json.int(status)
        json.key("message")
        json.string(message)
        json.key("status")
        json.string(type ?? ErrorType.gemini(status))
        writeAttempts(&json)
        json.endObject()
        json.endObject()
    }

    private func writeCohere(_ json: inout JSONWriter) {
        json.beginObject()
        if let requestID {
            json.key("id")
            json.string(requestID)
        }
        json.key("message")
        json.string(message)
        writeCode(&json)
        json.endObject()
    }

    /// The end of a Cohere stream that failed.
    private var cohereEnd: Bytes {
        var json = JSONWriter(capacity: 96 + message.count)
        json.beginObject()
        json.key("type")
        json.string("message-end" as StaticString)
        json.key("delta")
        json.beginObject()
        json.key("finish_reason")
        json.string("ERROR" as StaticString)
        json.key("error")
        json.string(message)
        json.endObject()
        json.endObject()
        return json.finish()
    }

    private func writeOllama(_ json: inout JSONWriter) {
        json.beginObject()
        json.key("error")
        json.string(message)
        writeCode(&json)
        json.endObject()
    }

    /// What the formats without places for it are told in members of our own.
    private func writeCode(_ json: inout JSONWriter) {
        if let code {
            json.key("code")
            json.string(code)
        }
        if let param {
            json.key("param")
            json.string(param)
        }
        writeAttempts(&json)
    }

    private func writeAttempts(_ json: inout JSONWriter) {
        guard let attempts else { return }
        json.key("attempts")
        json.raw(attempts)
    }
}
