// SPDX-License-Identifier: Apache-2.0
public import Core

/// Looks into opened datagrams for checkers and tools, without acting on them.
public enum WireInspection {
    /// The greatest incarnation at which the payload calls `subject` suspect or dead.
    public static func greatestAccusation(
        of subject: MemberID, in payload: Bytes
    ) -> Incarnation? {
        var reader = ByteReader(payload.span)
        var greatest: Incarnation?
        while reader.remaining > 0 {
            guard let message = try? WireMessage(from: &reader) else { return greatest }
            let update: StandingUpdate
            switch message {
            case .standing(let news): update = news
            case .member(let news, _): update = news
            default: continue
            }
            guard update.subject == subject, update.standing.status != .alive,
                !update.standing.isFinal
            else { continue }
            greatest = max(greatest ?? .zero, update.standing.incarnation)
        }
        return greatest
    }
}
