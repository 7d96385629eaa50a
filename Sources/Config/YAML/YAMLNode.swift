// SPDX-License-Identifier: Apache-2.0

/// A value of a YAML document and the place where it begins.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLPair])
        /// Something that we refuse and have reported already, an alias for example.
        case refused
    }

    var position: SourcePosition
    var content: Content

    /// What the value is, in the words of an error message.
    var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "something refused"
        }
    }
}

/// Text of a YAML document, its escapes resolved.
struct YAMLScalar: Sendable {
    var text: String
    /// Written without quotes and not as a block.
    var isPlain: Bool

    var isNull: Bool { isPlain && (text.isEmpty || text == "~" || text == "null") }
}

/// One entry of a mapping.
struct YAMLPair: Sendable {
    var key: String
    var keyPosition: SourcePosition
    var value: YAMLNode
}
