// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A tool that the model may call.
public struct ToolDefinition: Sendable {
    public var kind: Kind
    /// See `ContentPart.cacheMark`.
    public var cacheMark: Bytes?
    public var extras = Extras()

    public init(_ kind: Kind) { self.kind = kind }

    /// Who runs the tool.
    public enum Kind: Sendable {
        case function(FunctionTool)
        /// A tool that the provider runs or defines: web search, computer use; whole, as JSON.
        case server(type: EscapedText, json: Bytes)
    }
}

/// A function of the caller's own.
public struct FunctionTool: Sendable, Equatable {
    public var name: EscapedText
    public var description: EscapedText?
    /// The JSON schema of its arguments; nil takes none.
    public var parameters: Bytes?
    public var isStrict: Bool?

    public init(name: EscapedText) { self.name = name }
}

/// Which tool the model has to call.
public enum ToolChoice: Sendable, Equatable {
    case auto
    case none
    /// Any of them, at least one.
    case required
    case function(name: EscapedText)
    /// One of these.
    case anyOf(names: [EscapedText])
    /// What only its origin knows, as JSON.
    case foreign(WireFormat, json: Bytes)
}
