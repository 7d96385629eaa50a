// SPDX-License-Identifier: Apache-2.0

/// The known entries of one mapping.
struct Fields {
    let section: Section
    let position: SourcePosition
    private var values: [String: YAMLNode] = [:]

    init(of section: Section, at position: SourcePosition) {
        self.section = section
        self.position = position
    }

    /// The value of a key of the section, nil when it is left out.
    subscript(key: String) -> YAMLNode? {
        get {
            precondition(section.keys.contains(key), "\(section.name) has no key \(key)")
            return values[key]
        }
        set { values[key] = newValue }
    }
}
