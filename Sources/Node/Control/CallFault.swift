// SPDX-License-Identifier: Apache-2.0
internal import Admin

/// Why a call to another node failed; it may have been done there all the same after `timeout`.
enum CallFault: UInt8, Error, Equatable, CaseIterable {
    /// Dead, left, unknown, or no way to it.
    case unreachable
    case timeout
    /// The other speaks an older protocol, or does not have this call.
    case tooOld
    /// Too many calls under way, here or there.
    case busy
    /// What was sent or answered makes no sense to the other side.
    case malformed
    /// The other side did it and failed.
    case refused
    /// There is no cache on the other side whose entries could be forgotten.
    case noCache
    /// No bridge of the other region answers.
    case regionUnreachable
    /// Nobody in the other region has the name.
    case unknownMember

    /// The same for the operator.
    var forOperator: MemberFault {
        switch self {
        case .unreachable: .unreachable
        case .timeout: .timeout
        case .tooOld: .tooOld
        case .busy: .busy
        case .malformed, .refused: .refused
        case .noCache: .noCache
        case .regionUnreachable: .regionUnreachable
        case .unknownMember: .unknown
        }
    }
}
