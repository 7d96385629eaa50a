// SPDX-License-Identifier: Apache-2.0
public import Core
public import Dialects
public import HTTP

/// A rejection with what to tell this caller: the sentence, the field, a more exact status.
public struct RejectionNote: Sendable {
    public var rejection: Rejection
    public var status: Int
    /// One sentence: what is wrong, and the way out.
    public var message: String
    /// The code in the error body; more exact than the rejection's own where there is one.
    public var code: StaticString
    /// The JSON path of the offending field, if there is one.
    public var parameter: String?
    /// A JSON array with what each attempt came to.
    public var attempts: Bytes?
    /// The methods for the `allow` field of a 405.
    public var allow: StaticString?

    public init(_ rejection: Rejection, _ message: String, parameter: String? = nil) {
        self.rejection = rejection
        self.message = message
        self.parameter = parameter
        status = rejection.status
        code = rejection.code
    }

    /// A fault of the HTTP message itself, with the exact status of its row.
    public init(_ fault: HTTPFault) {
        switch fault.status {
        case 413: self.init(.bodyTooLarge, "\(fault.message)")
        case 431, 414: self.init(.headTooLarge, "\(fault.message)")
        default: self.init(.malformedRequest, "\(fault.message)")
        }
        status = fault.status
    }

    /// A body that is no valid request of its operation.
    public init(_ fault: RequestFault) {
        let isMalformed = fault.kind == .malformedJSON
        self.init(
            isMalformed ? .malformedRequest : .invalidRequest, fault.message.string,
            parameter: fault.param?.string)
        code = fault.kind.label
    }
}
