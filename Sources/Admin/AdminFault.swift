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
    case unknownMember
    case memberUnreachable
    case memberTimeout
    case memberTooOld
    case memberBusy
    case memberRefused
    case memberWithoutCache
    case regionUnreachable
    case ambiguousMember
    case missingRequest

    var status: Int {
        switch self {
        case .unknownPath: 404
        case .wrongMethod: 405
        case .missingKey, .wrongKey: 401
        case .bodyTooLarge: 413
        case .tooSlow: 408
        case .malformed, .missingRequest: 400
        case .invalidConfiguration: 422
        case .unknownMember: 404
        case .ambiguousMember: 409
        case .memberUnreachable, .memberTooOld, .memberRefused, .regionUnreachable: 502
        case .memberWithoutCache: 501
        case .memberBusy: 503
        case .memberTimeout: 504
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
        case .unknownMember: "unknown_member"
        case .memberUnreachable: "member_unreachable"
        case .memberTimeout: "member_timeout"
        case .memberTooOld: "member_too_old"
        case .memberBusy: "member_busy"
        case .memberRefused: "member_refused"
        case .memberWithoutCache: "member_has_no_cache"
        case .regionUnreachable: "region_unreachable"
        case .ambiguousMember: "ambiguous_member"
        case .missingRequest: "missing_request_id"
        }
    }

    /// The `type` of the error body.
    var type: StaticString {
        switch self {
        case .missingKey, .wrongKey: "authentication_error"
        case .memberUnreachable, .memberTimeout, .memberTooOld, .memberBusy, .memberRefused,
            .memberWithoutCache, .regionUnreachable:
            "cluster_error"
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
        case .unknownMember: "No member of the cluster has this name; see `apus members`."
        case .memberUnreachable: "That member is dead, has left, or cannot be reached."
        case .memberTimeout: "That member did not answer in time."
        case .memberTooOld: "That member runs an older version without this call."
        case .memberBusy: "Too many calls to members are under way; try again."
        case .memberRefused: "That member refused the call."
        case .memberWithoutCache: "That member has no cache; nothing was stored or forgotten."
        case .regionUnreachable: "That region, or one that may have the member, is out of reach."
        case .ambiguousMember: "Several regions have a member of this name; say REGION/NAME."
        case .missingRequest: "Name the request: /admin/v1/explain?request=ID."
        }
    }
}
