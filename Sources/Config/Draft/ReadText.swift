// SPDX-License-Identifier: Apache-2.0

/// A value's text, and how it may be shown.
struct ReadText {
    var text: String
    var position: SourcePosition
    /// As written in the file: a reference shows as the reference.
    var shown: String
    /// Written in quotes, and no reference.
    var isQuotedLiteral: Bool
}
