// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// Why a request's body is refused before anyone is asked: a 400 in the caller's dialect.
public struct RequestFault: Error, Sendable, Equatable {
    /// What is wrong; bounded, so its label serves as error code and metric label.
    public enum Kind: Sendable, Equatable, CaseIterable {
        case malformedJSON, missingField, wrongType, invalidValue

        public var label: StaticString {
            switch self {
            case .malformedJSON: "malformed_json"
            case .missingField: "missing_required_parameter"
            case .wrongType: "invalid_type"
            case .invalidValue: "invalid_value"
            }
        }
    }

    public let kind: Kind
    /// A sentence for the caller.
    public let message: Bytes
    /// The JSON path of the field at fault, such as `messages[3].role`.
    public let param: Bytes?

    public init(kind: Kind, message: Bytes, param: Bytes?) {
        self.kind = kind
        self.message = message
        self.param = param
    }

    public init(malformed fault: JSONFault) {
        var writer = ByteWriter(capacity: 160)
        writer.append("The body is not valid JSON: ")
        writer.append(fault.message)
        writer.append(".")
        kind = .malformedJSON
        message = writer.finish()
        param = fault.path.isEmpty ? nil : fault.path
    }

    /// `messages is missing.`
    static func missing(_ path: Bytes) -> RequestFault {
        sentence(.missingField, path, " is missing.")
    }

    /// `stream must be a boolean, not a string.`
    static func wrongType(_ path: Bytes, expected: StaticString, found: JSONKind) -> RequestFault {
        var writer = ByteWriter(capacity: 96)
        writer.append(path)
        writer.append(" must be ")
        writer.append(expected)
        writer.append(", not ")
        writer.append(found.label)
        writer.append(".")
        return RequestFault(kind: .wrongType, message: writer.finish(), param: path)
    }

    /// `n must be at least 1.`
    static func invalid(_ path: Bytes, _ rule: StaticString) -> RequestFault {
        sentence(.invalidValue, path, rule)
    }

    private static func sentence(
        _ kind: Kind, _ path: Bytes, _ predicate: StaticString
    ) -> RequestFault {
        var writer = ByteWriter(capacity: 96)
        writer.append(path)
        writer.append(predicate)
        return RequestFault(kind: kind, message: writer.finish(), param: path)
    }

    /// The answer to the caller.
    public var errorBody: ErrorBody {
        ErrorBody(status: 400, message: message, code: kind.label, param: param)
    }
}
