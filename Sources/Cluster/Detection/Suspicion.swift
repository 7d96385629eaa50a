// SPDX-License-Identifier: Apache-2.0
public import Core

/// A timer that shrinks as independent members confirm the suspicion (Lifeguard IV-B).
///
/// `timeout(C) = max(min, max − (max − min) · ln(C + 1) / ln(k + 1))` from its start. At k = 2,
/// min 1 s, max 6 s: 6 s alone, 2.85 s with one confirmation, 1 s with two.
public struct Suspicion: Sendable {
    /// Who accused, and on what grounds; the first of them started the suspicion.
    public private(set) var accusations: [Accusation]
    public private(set) var start: Instant
    public let shortest: Duration
    public let longest: Duration
    /// Confirmations that bring the timeout to its shortest.
    public let expected: Int
    /// When the accused is declared dead.
    public private(set) var deadline: Instant

    /// Confirmers remembered; more of them change nothing.
    static let accuserLimit = 8

    init(_ first: Accusation, start: Instant, members: Int, settings: ClusterSettings) {
        accusations = [first]
        self.start = start
        shortest = Self.shortest(members: members, settings: settings)
        longest = shortest * settings.longestSuspicion
        // With three members nobody else may be left to confirm.
        expected = members < 4 ? 0 : settings.confirmations
        deadline = start
        deadline = start + timeout
    }

    /// Time that an accused always has to refute.
    static func shortest(members: Int, settings: ClusterSettings) -> Duration {
        let scale = max(1, Double(max(members, 1)).decimalLogarithm)
        return settings.probePeriod * (Double(settings.suspicionMultiplier) * scale)
    }

    var confirmations: Int { accusations.count - 1 }

    public var timeout: Duration {
        guard expected > 0 else { return shortest }
        let share =
            Double(confirmations + 1).naturalLogarithm / Double(expected + 1).naturalLogarithm
        return max(shortest, longest - (longest - shortest) * min(share, 1))
    }

    /// Adds an accuser; false when it is known already or enough are known.
    mutating func confirm(_ accusation: Accusation) -> Bool {
        guard accusations.count < Self.accuserLimit,
            !accusations.contains(where: { $0.accuser == accusation.accuser })
        else { return false }
        accusations.append(accusation)
        deadline = start + timeout
        return true
    }

    /// Time in which we could not listen does not count against the accused.
    mutating func postpone(by pause: Duration) {
        start = start + pause
        deadline = start + timeout
    }
}
