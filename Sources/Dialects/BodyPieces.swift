// SPDX-License-Identifier: Apache-2.0
public import Core

/// A body in up to five slices, for one gathering write.
public struct BodyPieces: Sendable {
    private var pieces = InlineArray<5, Bytes>(repeating: Bytes())
    /// How many slices there are.
    public private(set) var count = 0
    /// How many bytes they have together.
    public private(set) var byteCount = 0

    public init() {}

    public init(_ whole: Bytes) { append(whole) }

    public subscript(index: Int) -> Bytes {
        precondition(index < count)
        return pieces[index]
    }

    /// Adds a slice; an empty one is left out.
    mutating func append(_ piece: Bytes) {
        guard !piece.isEmpty else { return }
        pieces[count] = piece
        count += 1
        byteCount += piece.count
    }

    /// One copy of all slices in a row.
    public func joined() -> Bytes {
        if count == 1 { return pieces[0] }
        var writer = ByteWriter(capacity: byteCount)
        for index in 0..<count { writer.append(pieces[index]) }
        return writer.finish()
    }
}
