// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// Links to the provider's own address that clients follow by themselves, led back to the gateway.
///
/// A client that followed one would show the provider its gateway key, and get nothing for it.
struct StoredLinks {
    /// `http://gateway:8080`, as the caller reaches this node.
    let base: Bytes

    init(_ head: RequestHead, hasTLS: Bool) {
        let isSecure = hasTLS || head.fields["x-forwarded-proto"] == "https"
        var writer = ByteWriter(capacity: head.authority.count + 8)
        writer.append(isSecure ? "https://" : "http://")
        writer.append(head.authority)
        base = writer.finish()
    }

    /// The value of a field that names a link of an upload; nil for one that leads elsewhere.
    ///
    /// It carries a pass of the key that began the upload; nil where no key is asked for.
    func field(_ value: Bytes, for key: ClientKey?) -> Bytes? {
        guard let link = link(value.span, at: "/upload/") else { return nil }
        return key.map { UploadPass.link(link, for: $0) } ?? link
    }

    /// A document with its `results_url` members changed.
    func document(_ text: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: text.count + 64)
        let span = text.span
        var copied = 0
        while let value = Self.nextLink(in: span, from: copied) {
            writer.append(span.extracting(copied..<value.lowerBound))
            let old = span.extracting(value)
            if let link = link(old, at: "/v1/messages/batches/") {
                writer.append(link)
            } else {
                writer.append(old)
            }
            copied = value.upperBound
        }
        writer.append(span.extracting(copied..<span.count))
        return writer.finish()
    }

    /// The same path at this gateway, from `mark` on.
    private func link(_ old: Span<UInt8>, at mark: StaticString) -> Bytes? {
        var start = 0
        while start < old.count, !old.extracting(start..<old.count).hasPrefix(mark) { start += 1 }
        guard start < old.count else { return nil }
        var writer = ByteWriter(capacity: base.count + old.count)
        writer.append(base)
        writer.append(old.extracting(start..<old.count))
        return writer.finish()
    }

    private static let key: StaticString = "\"results_url\""

    /// The inside of the next string that is a link; quotes inside strings are always escaped.
    private static func nextLink(in text: Span<UInt8>, from start: Int) -> Range<Int>? {
        var position = start
        while let quote = text.firstIndex(of: UInt8(ascii: "\""), from: position) {
            position = quote + 1
            guard text.extracting(quote..<text.count).hasPrefix(key) else { continue }
            var place = quote + key.utf8CodeUnitCount
            while place < text.count, isBlank(text[place]) || text[place] == UInt8(ascii: ":") {
                place += 1
            }
            guard place < text.count, text[place] == UInt8(ascii: "\"") else { continue }
            var end = place + 1
            while end < text.count, text[end] != UInt8(ascii: "\"") { end += 1 }
            return place + 1..<end
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
