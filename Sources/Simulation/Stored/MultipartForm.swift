// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The parts of a `multipart/form-data` body (RFC 7578), as far as SDKs send them.
struct MultipartForm {
    struct Part {
        var name: String
        var fileName: String?
        var contentType: String
        var content: Bytes
    }

    private(set) var parts: [Part] = []

    /// Nil without a boundary, or when a part does not end.
    init?(_ body: Bytes, contentType: Bytes) {
        guard let boundary = Self.value(of: "boundary", in: contentType.string) else { return nil }
        let mark = Bytes("--\(boundary)")
        guard var start = Self.find(mark, in: body, from: 0) else { return nil }
        while true {
            let begin = start + mark.count
            guard body.count >= begin + 2 else { return nil }
            if body[begin..<begin + 2] == "--" { return }
            guard let headEnd = Self.find("\r\n\r\n", in: body, from: begin),
                let next = Self.find(mark, in: body, from: headEnd + 4)
            else { return nil }
            let head = body[begin..<headEnd].string
            parts.append(
                Part(
                    name: Self.value(of: "name", in: head) ?? "",
                    fileName: Self.value(of: "filename", in: head),
                    contentType: Self.line("content-type", of: head) ?? "application/octet-stream",
                    content: body[headEnd + 4..<max(headEnd + 4, next - 2)]))
            start = next
        }
    }

    subscript(name: String) -> Part? { parts.first { $0.name == name } }

    private static func line(_ name: String, of head: String) -> String? {
        for line in head.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name else { continue }
            return String(parts[1].drop { $0 == " " })
        }
        return nil
    }

    /// The value of `name=…` behind a semicolon or blank, with quotes or without.
    private static func value(of name: String, in text: String) -> String? {
        for piece in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            let trimmed = piece.drop { $0 == " " }
            guard trimmed.hasPrefix("\(name)=") else { continue }
            return trimmed.dropFirst(name.count + 1).filter { $0 != "\"" }
        }
        return nil
    }

    private static func find(_ mark: Bytes, in body: Bytes, from start: Int) -> Int? {
        var position = start
        let text = body.span
        guard mark.count > 0 else { return nil }
        while let found = text.firstIndex(of: mark[0], from: position) {
            if found + mark.count > text.count { return nil }
            if text.extracting(found..<found + mark.count).equals(mark.span) { return found }
            position = found + 1
        }
        return nil
    }
}
