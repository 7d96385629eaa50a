// SPDX-License-Identifier: Apache-2.0
internal import Core
public import HTTP

/// A call on an object that a provider keeps for its callers: a file, a batch, an old response.
///
/// Only the provider that made the object knows it, so there is nothing to translate and nobody
/// else to fall back on.
public struct StoredCall: Sendable, Equatable {
    /// Its place in the table of paths.
    private let index: Int
    private let method: HTTPMethod

    public var path: StoredPath { StoredPath.all[index] }
    public var dialect: Dialect { path.dialect }

    /// Whether it begins what costs money that the answer does not tell: a batch, a cache.
    ///
    /// Whatever only looks at an object, or ends it, was paid for when the object was made.
    public var spends: Bool { path.spends && method == .post }

    public static func == (left: StoredCall, right: StoredCall) -> Bool {
        left.index == right.index && left.method == right.method
    }

    /// Where a method and path lead.
    public enum Destination: Sendable {
        case call(StoredCall)
        /// The path exists for these methods only: 405 with this `allow`.
        case wrongMethod(allow: StaticString)
        case unknownPath
    }

    /// Finds the call of a path without its query.
    ///
    /// Three dialects have `/v1/files`: `caller` is the one that the head speaks of, if any; in
    /// doubt it is OpenAI's.
    public static func find(
        _ method: HTTPMethod, path: Span<UInt8>, caller: Dialect?
    ) -> Destination {
        var first: Dialect?
        var isCallers = false
        for row in StoredPath.all where row.matches(path) {
            first = first ?? row.dialect
            if row.dialect == caller { isCallers = true }
        }
        guard let dialect = isCallers ? caller : first else { return .unknownPath }
        var allow: StaticString = ""
        for (index, row) in StoredPath.all.enumerated()
        where row.dialect == dialect && row.matches(path) {
            if row.methods.has(method) { return .call(StoredCall(index: index, method: method)) }
            allow = row.methods.list
        }
        return .wrongMethod(allow: allow)
    }
}

extension StoredPath {
    /// Whether a path fits the template segment by segment.
    fileprivate func matches(_ path: Span<UInt8>) -> Bool {
        template.withUTF8Buffer { buffer in
            let pattern = unsafe buffer.span
            var place = 0
            var position = 0
            while place < pattern.count {
                let wanted = pattern.segment(at: place)
                guard position < path.count, path[position] == UInt8(ascii: "/") else {
                    return false
                }
                let found = path.segment(at: position)
                guard Self.fits(path.extracting(found), pattern.extracting(wanted)) else {
                    return false
                }
                place = wanted.upperBound
                position = found.upperBound
            }
            return position == path.count
        }
    }

    /// `{id}` stands for any text that is no way up, `{id}:word` for one with that end.
    private static func fits(_ segment: Span<UInt8>, _ pattern: Span<UInt8>) -> Bool {
        guard pattern.hasPrefix("{id}") else {
            // Gemini's SDKs ask for any version; what is behind it is the same.
            let isVersion = segment.equals("v1") || segment.equals("v1alpha")
            return segment.equals(pattern) || (pattern.equals("v1beta") && isVersion)
        }
        let end = pattern.extracting(4..<pattern.count)
        guard segment.count > end.count else { return false }
        let cut = segment.count - end.count
        guard segment.extracting(cut..<segment.count).equals(end) else { return false }
        return isName(segment.extracting(0..<cut))
    }

    /// What a provider's server could take for `.`, `..` or more than one segment is no name.
    private static func isName(_ text: Span<UInt8>) -> Bool {
        guard let plain = text.percentDecoded else { return false }
        let name = plain.span
        for index in name.indices {
            let byte = name[index]
            guard byte > 0x20, byte != UInt8(ascii: "/"), byte != UInt8(ascii: "\\"), byte != 0x7F
            else { return false }
        }
        return !name.equals(".") && !name.equals("..")
    }
}

extension Span where Element == UInt8 {
    /// The segment behind the slash at `position`.
    fileprivate func segment(at position: Int) -> Range<Int> {
        var end = position + 1
        while end < count, self[end] != UInt8(ascii: "/") { end += 1 }
        return position + 1..<end
    }
}
