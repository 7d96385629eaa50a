// SPDX-License-Identifier: Apache-2.0
internal import Core

/// A stream this node opened and has not heard the end of.
struct OpenStream: Sendable {
    let number: UInt64
    let purpose: Purpose

    enum Purpose: Sendable, Equatable {
        /// A probe of this member, beside the datagrams of the round with this number.
        case ping(MemberID, sequence: UInt32)
        /// An exchange of views.
        case exchange
        /// An exchange with an address that a referral named; it follows no further referral.
        case referredExchange
    }

    /// Streams open at a time; an exchange beyond it waits for its next turn.
    static let limit = 16
}
