// SPDX-License-Identifier: Apache-2.0

/// What the table knows of a model beside its price.
public struct ModelFacts: Sendable, Equatable {
    /// Tokens that go in at once.
    public var contextWindow: Int?
    /// Tokens of the longest answer.
    public var maximumOutput: Int?
    /// Empty where nobody told them.
    public var abilities: Abilities

    /// What a model can do.
    public struct Abilities: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let chat = Abilities(rawValue: 1)
        public static let embeddings = Abilities(rawValue: 1 << 1)
        public static let tools = Abilities(rawValue: 1 << 2)
        public static let parallelTools = Abilities(rawValue: 1 << 3)
        /// Answers that follow a JSON schema.
        public static let schemas = Abilities(rawValue: 1 << 4)
        public static let images = Abilities(rawValue: 1 << 5)
        public static let audio = Abilities(rawValue: 1 << 6)
        public static let documents = Abilities(rawValue: 1 << 7)
        public static let reasoning = Abilities(rawValue: 1 << 8)
        public static let webSearch = Abilities(rawValue: 1 << 9)
        public static let promptCaching = Abilities(rawValue: 1 << 10)
    }

    public init(contextWindow: Int?, maximumOutput: Int?, abilities: Abilities) {
        self.contextWindow = contextWindow
        self.maximumOutput = maximumOutput
        self.abilities = abilities
    }

    /// Reads the last three words of a line of the table.
    init(words: [String]) {
        contextWindow = Int(words[0])
        maximumOutput = Int(words[1])
        abilities = words[2].reduce(into: []) { abilities, letter in
            if let ability = Self.letters[letter] { abilities.insert(ability) }
        }
    }

    private static let letters: [Character: Abilities] = [
        "m": .chat, "e": .embeddings, "t": .tools, "p": .parallelTools, "j": .schemas,
        "v": .images, "a": .audio, "d": .documents, "r": .reasoning, "s": .webSearch,
        "c": .promptCaching,
    ]
}
