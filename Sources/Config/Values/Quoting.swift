// SPDX-License-Identifier: Apache-2.0

/// A user's text in quotes for a message: one line, no control characters, not too long.
func quoted(_ text: String) -> String {
    var shown = "'"
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == 60 {
            shown += "…"
            break
        }
        shown.unicodeScalars.append(isShowable(scalar) ? scalar : "\u{FFFD}")
    }
    return shown + "'"
}

/// Names for a message: `a`, `a or b`, `a, b or c`.
func alternatives(_ names: [String]) -> String {
    guard let last = names.last else { return "" }
    if names.count == 1 { return last }
    return names.dropLast().joined(separator: ", ") + " or " + last
}

private func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        false
    default: true
    }
}
