// SPDX-License-Identifier: Apache-2.0

/// A user's text in quotes for a message: one line, no control characters, not too long.
func quoted(_ text: String) -> String {
    var shown = "'"
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == Quoting.maximumCharacters {
            shown += "…"
            break
        }
        shown.unicodeScalars.append(Quoting.isShowable(scalar) ? scalar : "\u{FFFD}")
    }
    return shown + "'"
}

/// Names for a message: `a`, `a or b`, `a, b or c`.
func alternatives(_ names: [String]) -> String {
    guard let last = names.last else { return "" }
    if names.count == 1 { return last }
    return names.dropLast().joined(separator: ", ") + " or " + last
}

/// How much of a user's text a message shows.
private enum Quoting {
    static let maximumCharacters = 60

    /// Neither control characters nor what turns or hides the text around it.
    static func isShowable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: true
        }
    }
}
