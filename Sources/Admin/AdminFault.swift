// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// Why the admin port refuses; the closed list of its error bodies.
enum AdminFault: CaseIterable {
    case unknownPath
    case wrongMethod
    case missingKey
    case wrongKey
    case bodyTooLarge
    case tooSlow
    case malformed
    case invalidConfiguration

    var status: Int {
        switch self {
        case .unknownPath: 404
        case .wrongMethod: 405
        case .missingKey, .wrongKey: 401
        case .bodyTooLarge: 413
        case .tooSlow: 408
        case .malformed: 400
        case .invalidConfiguration: 422
        }
    }

    var code: StaticString {
        switch self {
        case .unknownPath: "unknown_path"
        case .wrongMethod: "method_not_allowed"
        case .missingKey: "missing_admin_key"
        case .wrongKey: "invalid_admin_key"
        case .bodyTooLarge: "request_too_large"
        case .tooSlow: "request_timeout"
        case .malformed: "malformed_request"
        case .invalidConfiguration: "invalid_configuration"
        }
    }

    /// The `type` of the error body.
    var type: StaticString {
        switch self {
        case .missingKey, .wrongKey: "authentication_error"
        default: "invalid_request_error"
        }
    }

    var message: StaticString {
        switch self {
        case .unknownPath: "There is nothing here; see /admin/v1/openapi.json."
        case .wrongMethod: "This path is for another method; see the allow field."
        case .missingKey: "Send the admin key as `Authorization: Bearer KEY`."
        case .wrongKey: "This is not the admin key."
        case .bodyTooLarge: "The request body is larger than 65536 bytes."
        case .tooSlow: "The request did not arrive completely in the time allowed."
        case .malformed: "The request is not valid HTTP."
        case .invalidConfiguration:
            "The configuration cannot be used; the one in use stays. Each finding says why."
        }
    }
}
