// SPDX-License-Identifier: Apache-2.0
public import JSON

/// One turn of a chat.
public struct ChatMessage: Sendable {
    /// Who speaks.
    public enum Role: Sendable, Equatable { case system, developer, user, assistant, tool }

    public var role: Role
    public var parts: [ContentPart]
    /// The speaker's name, where there are several.
    public var name: EscapedText?
    /// True if the origin wrote the content as a plain string and not as a list of parts.
    public var isPlain = false
    public var extras = Extras()

    public init(role: Role, parts: [ContentPart] = []) {
        self.role = role
        self.parts = parts
    }
}
