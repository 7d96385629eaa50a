// SPDX-License-Identifier: Apache-2.0

/// What one peer may make us hold or scan; every limit ends in a fault, never in more memory.
public struct HTTPLimits: Sendable, Equatable {
    /// Bytes of start line and fields together, 256 to 65,535. More is 431. A field's place in its
    /// head is kept in 16 bits, hence the ceiling; raising it lets idle clients hold more memory.
    public var headBytes = 32 * 1024
    /// Field lines in one head or trailer section, at most 1,000. More is 431.
    public var fieldCount = 100
    /// Bytes of the request target, below `headBytes`. More is 414.
    public var targetBytes = 8 * 1024
    /// Bytes of one chunk-size line, extensions and line end included. More is 400.
    public var chunkLineBytes = 1024
    /// Chunk-size line bytes beyond what the data pays for (16 plus twice its size per chunk).
    /// Without it, a body of one-byte chunks with long extensions costs us a thousandfold.
    public var chunkOverheadBytes = 16 * 1024
    /// Bytes of a trailer section, at most 65,535. More is 431.
    public var trailerBytes = 8 * 1024
    /// Empty lines tolerated before a request line (RFC 9112 section 2.2). More is 400.
    public var emptyLines = 2
    /// Informational responses before the final one; an upstream that sends more is broken.
    public var informationalResponses = 8

    public init() {}

    func check() {
        precondition(headBytes >= 256 && headBytes <= 65_535, "headBytes out of range")
        precondition(fieldCount >= 1 && fieldCount <= 1_000, "fieldCount out of range")
        precondition(targetBytes >= 1 && targetBytes < headBytes, "targetBytes out of range")
        precondition(trailerBytes >= 2 && trailerBytes <= 65_535, "trailerBytes out of range")
        precondition(chunkLineBytes >= 3 && chunkOverheadBytes >= 0, "chunk limits out of range")
        precondition(emptyLines >= 0 && informationalResponses >= 0, "counts are not negative")
    }
}
