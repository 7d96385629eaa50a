// SPDX-License-Identifier: Apache-2.0

/// Names one application record: the member that alone may write it, and a key of its choice.
public struct RecordKey: Sendable, Hashable, Comparable {
    public let owner: MemberID
    public let key: String

    /// Bytes a key may have.
    public static let limit = 63

    public init(owner: MemberID, key: String) {
        self.owner = owner
        self.key = key
    }

    public static func < (left: RecordKey, right: RecordKey) -> Bool {
        (left.owner, left.key) < (right.owner, right.key)
    }
}
