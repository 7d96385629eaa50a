// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A member of a JSON object that the unified model has no field for, kept as it came.
public struct RawMember: Sendable, Equatable {
    public var name: EscapedText
    /// The value's JSON text.
    public var value: Bytes
    /// True if the unified model says the same: only the origin needs it, others lose nothing.
    public var isCovered = false

    public init(name: EscapedText, value: Bytes, isCovered: Bool = false) {
        self.name = name
        self.value = value
        self.isCovered = isCovered
    }
}

/// Members kept for the format that they came from, and the policy for all others.
public struct Extras: Sendable, Equatable {
    /// The format in which the members mean something; nil while there are none.
    public var origin: WireFormat?
    public var members: [RawMember] = []

    public init() {}

    public init(origin: WireFormat) { self.origin = origin }

    public var isEmpty: Bool { members.isEmpty }

    /// The value of a member by its name.
    public subscript(name: StaticString) -> Bytes? {
        members.first { $0.name.equals(name) }?.value
    }
}
