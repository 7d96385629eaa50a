// SPDX-License-Identifier: Apache-2.0
import Core

/// Tells from the first bytes of an event that it cannot be a usage-only chunk.
///
/// It is fed each byte of an incomplete event once, and decides when it sees a payload that is no
/// object, or a top-level `choices` that is no empty array. All else stays undecided until the
/// event is whole.
struct ChoicesGlimpse {
    /// `field` → `payload` → `members` ⇄ `name` → `colon` → `choices` → `firstChoice`.
    ///
    /// Any of them may end in `undecided` or `decided`.
    private enum State {
        case field(Int)
        case payload
        /// Between the members of the object, or inside a value.
        case members
        /// In a member name, of which so many bytes are those of `choices`; -1 once they differ.
        case name(Int)
        case colon
        case choices
        case firstChoice
        case undecided
        case decided
    }

    private static let field: StaticString = "data:"
    private static let member: StaticString = "choices"

    private var state = State.field(0)
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var expectsName = false

    /// Looks at more bytes of the event; true once it certainly has to be relayed.
    mutating func feed(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices {
            switch state {
            case .decided: return true
            case .undecided: return false
            default: step(bytes[index])
            }
        }
        if case .decided = state { return true }
        return false
    }

    private mutating func step(_ byte: UInt8) {
        switch state {
        case .field(let matched): onField(byte, matched)
        case .payload: onPayload(byte)
        case .members: onMembers(byte)
        case .name(let matched): onName(byte, matched)
        case .colon:
            if byte == UInt8(ascii: ":") { state = .choices }
        case .choices:
            if byte == UInt8(ascii: "[") {
                state = .firstChoice
            } else if byte > 0x20 {
                state = .decided
            }
        case .firstChoice:
            if byte > 0x20 { state = byte == UInt8(ascii: "]") ? .undecided : .decided }
        case .undecided, .decided: return
        }
    }

    private mutating func onField(_ byte: UInt8, _ matched: Int) {
        // In bounds: a full match leaves this state.
        let expected = unsafe Self.field.utf8Start[matched]
        guard byte == expected else {
            state = .undecided
            return
        }
        state = matched + 1 == Self.field.utf8CodeUnitCount ? .payload : .field(matched + 1)
    }

    private mutating func onPayload(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): return
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): state = .undecided
        case UInt8(ascii: "{"):
            depth = 1
            expectsName = true
            state = .members
        default: state = .decided
        }
    }

    private mutating func onMembers(_ byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\"") where depth == 1 && expectsName:
            expectsName = false
            state = .name(0)
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: ","): expectsName = depth == 1
        default: return
        }
    }

    private mutating func onName(_ byte: UInt8, _ matched: Int) {
        let length = Self.member.utf8CodeUnitCount
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
            state = .name(-1)
        } else if byte == UInt8(ascii: "\"") {
            state = matched == length ? .colon : .members
        } else {
            let isInside = matched >= 0 && matched < length
            // In bounds: the line above.
            let expected = unsafe isInside ? Self.member.utf8Start[matched] : 0
            state = .name(isInside && byte == expected ? matched + 1 : -1)
        }
    }
}
