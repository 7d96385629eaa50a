// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Upstreams

/// Why an image could not be had.
enum FetchFault: Error, Equatable {
    case malformed
    case hasUser
    case hasDotSegment
    case notAllowed
    case tooMany(limit: Int)
    case addressForbidden
    case unreachable
    case tls
    case broken
    case timeout
    case redirect
    case status(Int)
    case encoded
    case notImage
    case tooLarge(limit: Int)
    case empty

    /// The second half of a sentence; never holds what the caller or the host has written.
    var reason: String {
        switch self {
        case .malformed: "it is no address such as https://HOST/PATH"
        case .hasUser: "it holds a user name"
        case .hasDotSegment: "its path holds '..' or the like"
        case .notAllowed: "it is not on the gateway's list of allowed addresses"
        case .tooMany(let limit): "a request may have \(limit) of them"
        case .addressForbidden: "its name leads to an address that is not public"
        case .unreachable: "nobody could be reached there"
        case .tls: "its certificate is not trusted, or TLS could not be agreed on"
        case .broken: "the connection was lost, or what came was no HTTP"
        case .timeout: "it did not come in the time allowed"
        case .redirect: "it is a redirect, and none is followed"
        case .status(let status): "the status was \(status)"
        case .encoded: "it has a content-encoding"
        case .notImage: "its content-type is not image/…"
        case .tooLarge(let limit): "it is larger than the \(limit) bytes allowed here"
        case .empty: "it has no bytes"
        }
    }

    /// The answer to the caller, with the JSON path of the image; the host is all that is shown.
    func requestFault(at path: Bytes, host: String?) -> RequestFault {
        let place = host.map { " from \($0)" } ?? ""
        var message = ByteWriter(capacity: 160)
        message.append(path)
        message.append(" is an image by URL that was not fetched\(place): \(reason).")
        return RequestFault(kind: .invalidValue, message: message.finish(), param: path)
    }

    init(_ fault: FetchAddress.Fault) {
        switch fault {
        case .malformed: self = .malformed
        case .hasUser: self = .hasUser
        case .hasDotSegment: self = .hasDotSegment
        }
    }

    init(_ fault: AttemptFault) {
        switch fault {
        case .forbidden: self = .addressForbidden
        case .unreachable: self = .unreachable
        case .tls: self = .tls
        case .timeout, .connectTimeout: self = .timeout
        case .broken, .garbage, .queueFull, .status: self = .broken
        }
    }
}
