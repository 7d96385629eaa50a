// SPDX-License-Identifier: Apache-2.0
import Core

extension JSONScanner {
    /// Passes a value that is no container and returns it.
    @inline(__always)
    mutating func scalar(_ kind: JSONKind) throws(JSONFault) -> JSONSlice {
        let start = position
        var hasEscapes = false
        switch kind {
        case .string: hasEscapes = try passString()
        case .number: try passNumber()
        case .null: try passWord("null")
        default: try bytes[start] == UInt8(ascii: "t") ? passWord("true") : passWord("false")
        }
        return JSONSlice(kind: kind, range: start..<position, hasEscapes: hasEscapes)
    }

    /// Passes a string from its opening quote; true if it holds escapes.
    @inline(__always)
    mutating func passString() throws(JSONFault) -> Bool {
        let stop = bytes.indexOfStringStop(from: position &+ 1)
        if stop < bytes.count, bytes[stop] == UInt8(ascii: "\"") {
            position = stop &+ 1
            return false
        }
        return try passRestOfString(from: stop)
    }

    /// Passes a string from its first byte that is not plain.
    private mutating func passRestOfString(from stop: Int) throws(JSONFault) -> Bool {
        var index = stop
        var hasEscapes = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index &+ 1
                return hasEscapes
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index = try endOfEscape(at: index)
            } else if byte < 0x20 {
                throw fault(.controlCharacter, at: index)
            } else {
                index = try endOfNonASCII(at: index)
            }
            index = bytes.indexOfStringStop(from: index)
        }
        throw fault(.unexpectedEnd, at: bytes.count)
    }

    private func endOfEscape(at backslash: Int) throws(JSONFault) -> Int {
        guard backslash &+ 1 < bytes.count else { throw fault(.unexpectedEnd, at: bytes.count) }
        switch bytes[backslash &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return backslash &+ 2
        case UInt8(ascii: "u"):
            for index in backslash &+ 2..<backslash &+ 6 {
                guard index < bytes.count else { throw fault(.unexpectedEnd, at: bytes.count) }
                guard ASCII.hexValue(bytes[index]) != nil else {
                    throw fault(.badEscape, at: backslash)
                }
            }
            return backslash &+ 6
        default: throw fault(.badEscape, at: backslash)
        }
    }

    /// Passes a run of non-ASCII characters.
    private func endOfNonASCII(at start: Int) throws(JSONFault) -> Int {
        var index = start
        while index < bytes.count, bytes[index] >= 0x80 {
            let length = bytes.lengthOfSequence(at: index)
            guard length > 0 else { throw fault(.badUTF8, at: index) }
            index &+= length
        }
        return index
    }

    private mutating func passWord(_ word: StaticString) throws(JSONFault) {
        let end = position &+ word.utf8CodeUnitCount
        if end <= bytes.count, bytes.extracting(position..<end).equals(word) {
            position = end
            return
        }
        let rest = bytes.extracting(position..<bytes.count)
        for index in 0..<min(rest.count, word.utf8CodeUnitCount)
        where unsafe rest[index] != word.utf8Start[index] {  // In bounds: index < its count.
            throw fault(.expectedValue, at: position)
        }
        throw fault(.unexpectedEnd, at: bytes.count)
    }

    /// Passes a number (RFC 8259 §6).
    private mutating func passNumber() throws(JSONFault) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        let first = position
        try passDigits(of: start)
        if bytes[first] == UInt8(ascii: "0"), position > first &+ 1 {
            throw fault(.badNumber, at: start)
        }
        guard position < bytes.count else { return }
        if bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            try passDigits(of: start)
            guard position < bytes.count else { return }
        }
        if bytes[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position &+= 1
            }
            try passDigits(of: start)
        }
    }

    /// Passes one digit or more.
    @inline(__always)
    private mutating func passDigits(of start: Int) throws(JSONFault) {
        guard position < bytes.count else { throw fault(.unexpectedEnd, at: bytes.count) }
        guard ASCII.isDigit(bytes[position]) else { throw fault(.badNumber, at: start) }
        repeat { position &+= 1 } while position < bytes.count && ASCII.isDigit(bytes[position])
    }
}
