// SPDX-License-Identifier: Apache-2.0

/// Cuts a text into the pieces within which bytes may be merged into tokens.
///
/// Equal to the encodings' regular expressions (quoted at each branch), written out as a scan that
/// reads each byte at most three times, whatever the text.
struct PieceSplitter: ~Escapable {
    private let reader: ScalarReader
    private let encoding: TokenEncoding
    private var position = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ encoding: TokenEncoding) {
        reader = ScalarReader(text)
        self.encoding = encoding
    }

    /// The next piece; nil at the end of the text.
    mutating func next() -> Range<Int>? {
        let start = position
        guard start < reader.text.count else { return nil }
        switch encoding {
        case .cl100k: position = endForCL100K(start)
        case .o200k: position = endForO200K(start)
        }
        return start..<position
    }

    private func endForCL100K(_ start: Int) -> Int {
        let first = reader.scalar(at: start)
        // 1. '(?i:[sdmt]|ll|ve|re)
        let contraction = reader.contraction(at: start)
        if contraction > 0 { return start &+ contraction }
        // 2. [^\r\n\p{L}\p{N}]?+\p{L}++
        let afterFirst = start &+ first.length
        if ScalarClass.letter.holds(first.class) {
            return reader.run(of: .letter, from: afterFirst)
        }
        if ScalarClass.wordPrefix.holds(first.class) {
            let end = reader.run(of: .letter, from: afterFirst)
            if end > afterFirst { return end }
        }
        return endOfNumber(start)
            // 4. ?[^\s\p{L}\p{N}]++[\r\n]*+ with a space before it
            ?? endOfSigns(start).map { reader.run(of: .lineBreak, from: $0) }
            ?? endOfSpace(start, wholeAtEnd: true)
    }

    private func endForO200K(_ start: Int) -> Int {
        if let end = endOfWord(start) { return end &+ reader.contraction(at: end) }
        if let end = endOfNumber(start) { return end }
        // 4. ?[^\s\p{L}\p{N}]+[\r\n/]* with a space before it
        if var end = endOfSigns(start) {
            while end < reader.text.count,
                [UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "/")]
                    .contains(reader.text[end])
            {
                end &+= 1
            }
            return end
        }
        return endOfSpace(start, wholeAtEnd: false)
    }

    /// 3. \p{N}{1,3}
    @inline(__always) private func endOfNumber(_ start: Int) -> Int? {
        var end = start
        for _ in 0..<3 {
            let next = reader.scalar(at: end)
            guard next.class == .number else { break }
            end &+= next.length
        }
        return end > start ? end : nil
    }

    /// ` ?[^\s\p{L}\p{N}]+`
    @inline(__always) private func endOfSigns(_ start: Int) -> Int? {
        let first = reader.text[start] == UInt8(ascii: " ") ? start &+ 1 : start
        let end = reader.run(of: .sign, from: first)
        return end > first ? end : nil
    }

    /// White space: up to its last line break, or all but its last scalar before something else.
    ///
    /// cl100k: \s++$ | \s*[\r\n] | \s+(?!\S) | \s, o200k: \s*[\r\n]+ | \s+(?!\S) | \s+
    private func endOfSpace(_ start: Int, wholeAtEnd: Bool) -> Int {
        var index = start
        var last = start
        var afterLineBreak = start
        while true {
            let next = reader.scalar(at: index)
            guard ScalarClass.space.holds(next.class) else { break }
            last = index
            index &+= next.length
            if next.class == .lineBreak { afterLineBreak = index }
        }
        let isAtEnd = index == reader.text.count
        if wholeAtEnd && isAtEnd { return index }
        if afterLineBreak > start { return afterLineBreak }
        return isAtEnd || last == start ? index : last
    }

    /// The first two branches of o200k: a word whose upper case comes before its lower case.
    ///
    /// With H for [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and T for [\p{Ll}\p{Lm}\p{Lo}\p{M}]:
    /// [^\r\n\p{L}\p{N}]?H*T+ | [^\r\n\p{L}\p{N}]?H+T*
    private func endOfWord(_ start: Int) -> Int? {
        let first = reader.scalar(at: start)
        if ScalarClass.letter.holds(first.class) {
            let word = word(from: start)
            return word.isWithTail || word.end > start ? word.end : nil
        }
        guard ScalarClass.wordPrefix.holds(first.class) else { return nil }
        let afterFirst = start &+ first.length
        let word = word(from: afterFirst)
        if word.isWithTail { return word.end }
        // Without it as prefix, a mark is a tail by itself; that is tried before H+T* with prefix.
        if first.class == .mark { return afterFirst }
        return word.end > afterFirst ? word.end : nil
    }

    /// H*T+ from a position (`isWithTail`), else H+ or nothing.
    @inline(__always) private func word(from start: Int) -> (end: Int, isWithTail: Bool) {
        var index = start
        var afterCommon = start
        while true {
            let next = reader.scalar(at: index)
            guard ScalarClass.head.holds(next.class) else {
                guard next.class == .lower else { break }
                return (reader.run(of: .tail, from: index), true)
            }
            index &+= next.length
            if next.class != .upper { afterCommon = index }
        }
        // H* gives back scalars until T+ can begin: at the last one that both hold.
        return afterCommon > start ? (afterCommon, true) : (index, false)
    }
}
