// SPDX-License-Identifier: Apache-2.0
public import Core

/// Writes where a byte of a JSON text is, such as `messages[2].content`; for faults only.
public struct JSONPath: ~Escapable {
    /// Longest path in bytes; a longer one is cut, since only its start helps a reader.
    public static var lengthLimit: Int { 256 }
    /// Longest member name shown; a longer one is cut.
    public static var nameLimit: Int { 64 }

    private enum Step {
        case element(Int)
        case member(Range<Int>)
    }

    private let bytes: Span<UInt8>
    private var steps: [Step] = []
    private var position = 0

    @_lifetime(copy bytes)
    private init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// The path of the value around byte `offset`; the text before it need not be a whole value.
    public static func locate(_ offset: Int, in bytes: Span<UInt8>) -> Bytes {
        var path = JSONPath(bytes)
        path.walk(to: min(offset, bytes.count))
        return path.written()
    }

    private mutating func walk(to offset: Int) {
        var expectsKey = false
        while position < offset {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "{"):
                steps.append(.member(position..<position))
                expectsKey = true
            case UInt8(ascii: "["):
                steps.append(.element(0))
                expectsKey = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = steps.popLast()
                expectsKey = false
            case UInt8(ascii: ","):
                expectsKey = onComma()
            case UInt8(ascii: "\""):
                let end = endOfString(from: position)
                if expectsKey, end < bytes.count, end <= offset {
                    steps[steps.count - 1] = .member(position + 1..<end)
                    expectsKey = false
                }
                position = end
            default: break
            }
            position += 1
        }
    }

    /// Moves on to the next element or member; true in an object.
    private mutating func onComma() -> Bool {
        guard let last = steps.last else { return false }
        switch last {
        case .element(let index):
            steps[steps.count - 1] = .element(index + 1)
            return false
        case .member:
            steps[steps.count - 1] = .member(position..<position)
            return true
        }
    }

    private func endOfString(from quote: Int) -> Int {
        var index = quote + 1
        while true {
            index = bytes.indexOfQuoteOrBackslash(from: index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\\") else { return index }
            index = min(index + 2, bytes.count)
        }
    }

    private func written() -> Bytes {
        var writer = ByteWriter(capacity: 64)
        for step in steps where writer.count < Self.lengthLimit {
            switch step {
            case .element(let index):
                writer.append("[")
                writer.append(decimal: index)
                writer.append("]")
            case .member(let name) where !name.isEmpty:
                if !writer.isEmpty { writer.append(".") }
                let shown = bytes.extracting(name.prefix(Self.nameLimit))
                writer.append(repairing: shown)
            case .member: break
            }
        }
        return writer.finish()
    }
}
