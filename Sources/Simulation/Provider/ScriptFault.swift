// SPDX-License-Identifier: Apache-2.0

/// Why a script for a simulated provider was refused; nothing of it has been applied.
public struct ScriptFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sentence that names the field and what to write instead.
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
