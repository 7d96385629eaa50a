// SPDX-License-Identifier: Apache-2.0

/// A value with the place it was written at.
struct Located<Value> {
    var value: Value
    var position: SourcePosition
}

extension Located: Sendable where Value: Sendable {}
