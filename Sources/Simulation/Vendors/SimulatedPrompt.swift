// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated answer depends on, read from a request of any dialect.
struct SimulatedPrompt {
    /// Which of the offered functions have to be called.
    enum Choice { case any, none, named(Bytes) }

    /// Tokens that every message costs besides its words.
    static let messageOverhead = 4
    /// Tokens of an image, whatever its size.
    static let imageTokens = 258

    var model = Bytes()
    var isStream = false
    /// The text of the last message from the user.
    var userText = Bytes()
    /// Images of the last message from the user.
    var images = 0
    var tokens = 0
    var maxTokens: Int?
    /// The functions offered: name and parameter schema.
    var functions: [(name: Bytes, schema: JSONTree)] = []
    var choice = Choice.any
    var mayCallSeveral = true
    /// Whether the user spoke last; tools' results are not spoken by the user.
    var isUsersTurn = false
    /// What the answer must be an instance of.
    var schema: JSONTree?
    /// Whether thoughts precede the answer, and are shown.
    var thinks = false
    var candidates = 1

    /// Begins a message of the user or of somebody else.
    mutating func beginMessage(byUser: Bool) {
        tokens += Self.messageOverhead
        isUsersTurn = byUser
        guard byUser else { return }
        userText = Bytes()
        images = 0
    }

    /// Takes text of the message that was begun; a tool's or an answer's text counts only.
    mutating func add(text: Bytes, isUsers: Bool) {
        tokens += WordPieces.count(text.span)
        guard isUsers else { return }
        var joined = ByteWriter(capacity: userText.count + text.count + 1)
        joined.append(userText)
        if !userText.isEmpty { joined.append(" ") }
        joined.append(text)
        userText = joined.finish()
    }

    mutating func addImage() {
        images += 1
        tokens += Self.imageTokens
    }

    mutating func offer(_ name: Bytes, _ schema: JSONTree?) {
        functions.append((name: name, schema: schema ?? .object([])))
        tokens += WordPieces.count(name.span) + WordPieces.count((schema ?? .null).bytes().span)
    }

    /// The functions that the answer calls: the named one, the first, or all if asked in parallel.
    var called: [(name: Bytes, schema: JSONTree)] {
        guard isUsersTurn else { return [] }
        switch choice {
        case .none: return []
        case .named(let name): return functions.filter { $0.name == name }
        case .any:
            let all = mayCallSeveral && userText.string.lowercased().contains("parallel")
            return all ? functions : Array(functions.prefix(1))
        }
    }

    /// The user's text, and what was seen beside it.
    var seen: Bytes { Self.acknowledge(images, behind: userText) }

    /// `What is this? [1 image]`.
    static func acknowledge(_ images: Int, behind text: Bytes) -> Bytes {
        guard images > 0 else { return text }
        return Bytes("\(text) [\(images) image\(images == 1 ? "" : "s")]")
    }
}
