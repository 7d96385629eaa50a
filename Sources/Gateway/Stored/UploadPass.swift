// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto

/// Lets the pieces of an upload pass, which Gemini's SDK sends to its link without a key.
///
/// The pass is made of the key's digest and the upload's name, so that each node with the same
/// configuration knows it, nothing is remembered, and it is good for this one upload of its maker.
enum UploadPass {
    /// Parameters of ours in the link; no provider gets them.
    static let owner: StaticString = "apus_key"
    static let proof: StaticString = "apus_pass"
    private static let uploadName: StaticString = "upload_id"

    /// A link that names an upload, with the pass of a key.
    static func link(_ link: Bytes, for key: ClientKey) -> Bytes {
        guard let upload = upload(in: link.span) else { return link }
        let name = key.label
        var writer = ByteWriter(capacity: link.count + 128)
        writer.append(link)
        writer.append("&")
        writer.append(owner)
        writer.append("=")
        writer.append(pathSegment: name.span)
        writer.append("&")
        writer.append(proof)
        writer.append("=")
        code(of: upload, key).appendHex(to: &writer)
        return writer.finish()
    }

    /// The position of the key whose upload a query goes on with; nil without a good pass.
    static func owner(of query: Span<UInt8>, in keys: KeyTable) -> Int? {
        guard let named = query.queryValue(owner), let shown = query.queryValue(proof),
            let upload = upload(in: query), let name = query.extracting(named).percentDecoded,
            let index = keys.keys.firstIndex(where: { $0.label == name }),
            let digest = SHA256Digest(hex: query.extracting(shown))
        else { return nil }
        return digest == code(of: upload, keys.keys[index]) ? index : nil
    }

    private static func upload(in text: Span<UInt8>) -> Bytes? {
        let mark = text.firstIndex(of: UInt8(ascii: "?")).map { $0 + 1 } ?? 0
        let query = text.extracting(mark..<text.count)
        guard let range = query.queryValue(uploadName), !range.isEmpty else { return nil }
        return Bytes(copying: query.extracting(range))
    }

    private static func code(of upload: Bytes, _ key: ClientKey) -> SHA256Digest {
        let digest = key.digest
        var code = HMACSHA256(key: digest.span)
        code.update(Bytes("apus upload ").span)
        code.update(upload.span)
        return code.finish()
    }
}
