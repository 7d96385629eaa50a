// SPDX-License-Identifier: Apache-2.0
internal import Reactor

/// Why a node cannot start: one line that names the way out.
public struct NodeFault: Error, Equatable, CustomStringConvertible, Sendable {
    public var description: String

    public init(_ description: String) { self.description = description }

    /// An address that cannot be listened on; `option` is how to choose another one.
    init(_ fault: ListenFault, option: StaticString) {
        description = "\(fault) (\(option))"
    }
}
