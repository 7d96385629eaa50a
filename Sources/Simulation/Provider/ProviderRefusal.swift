// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// An error answer of a simulated OpenAI provider, worded and shaped like the real one.
struct ProviderRefusal: Error {
    var status: Int
    var message: String
    var type: StaticString = "invalid_request_error"
    var param: String?
    var code: StaticString?

    /// The body, indented as the service does it.
    var body: Bytes {
        var writer = ByteWriter(capacity: 256)
        writer.append("{\n  \"error\": {\n    \"message\": ")
        writer.append(jsonString: Bytes(message).span)
        writer.append(",\n    \"type\": \"")
        writer.append(type)
        writer.append("\",\n    \"param\": ")
        if let param { writer.append(jsonString: Bytes(param).span) } else { writer.append("null") }
        writer.append(",\n    \"code\": ")
        if let code {
            writer.append("\"")
            writer.append(code)
            writer.append("\"")
        } else {
            writer.append("null")
        }
        writer.append("\n  }\n}\n")
        return writer.finish()
    }

    static let malformed = ProviderRefusal(
        status: 400,
        message: "We could not parse the JSON body of your request. (HINT: This likely means you "
            + "aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, "
            + "but what was sent was not valid JSON.)")

    static let missingModel = ProviderRefusal(
        status: 400, message: "you must provide a model parameter")

    static func missing(_ param: String) -> ProviderRefusal {
        ProviderRefusal(
            status: 400, message: "Missing required parameter: '\(param)'.", param: param,
            code: "missing_required_parameter")
    }

    static func invalid(_ param: String, _ what: String) -> ProviderRefusal {
        ProviderRefusal(
            status: 400, message: "Invalid value for '\(param)': expected \(what).", param: param,
            code: "invalid_value")
    }

    static func unknownModel(_ model: Bytes) -> ProviderRefusal {
        ProviderRefusal(
            status: 404,
            message: "The model `\(model)` does not exist or you do not have access to it.",
            code: "model_not_found")
    }

    static func unknownPath(_ method: Bytes, _ path: Bytes) -> ProviderRefusal {
        ProviderRefusal(status: 404, message: "Invalid URL (\(method) \(path))")
    }

    static func wrongMethod(_ method: Bytes) -> ProviderRefusal {
        ProviderRefusal(
            status: 405, message: "Not allowed to \(method) on this path.",
            code: "method_not_supported")
    }

    /// The answer to a key that is missing or wrong.
    static func unauthorized(hasKey: Bool) -> ProviderRefusal {
        hasKey
            ? ProviderRefusal(
                status: 401, message: "Incorrect API key provided.", code: "invalid_api_key")
            : ProviderRefusal(
                status: 401, message: "You didn't provide an API key.", code: nil)
    }

    /// What the service says with a scripted status.
    static func scripted(_ status: Int) -> ProviderRefusal {
        switch status {
        case 401: return .unauthorized(hasKey: true)
        case 404: return .unknownModel("simulated")
        case 429:
            return ProviderRefusal(
                status: status, message: "Rate limit reached for requests (simulated).",
                type: "requests", code: "rate_limit_exceeded")
        case 503:
            return ProviderRefusal(
                status: status,
                message: "The engine is currently overloaded, please try again later.",
                type: "server_error", code: nil)
        case 500...:
            return ProviderRefusal(
                status: status,
                message: "The server had an error while processing your request. Sorry about that!",
                type: "server_error", code: nil)
        default:
            return ProviderRefusal(status: status, message: "Simulated refusal \(status).")
        }
    }
}
