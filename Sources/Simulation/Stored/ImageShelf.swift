// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// `/_images/…`: a host of images beside the provider, for gateways that fetch them.
enum ImageShelf {
    private static let prefix = "/_images/"

    /// A PNG of one pixel.
    private static let pixel: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x04, 0x00, 0x00, 0x00, 0xB5,
        0x1C, 0x0C, 0x02, 0x00, 0x00, 0x00, 0x0B, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x64,
        0xF8, 0x0F, 0x00, 0x01, 0x05, 0x01, 0x01, 0x27, 0x18, 0xE3, 0x66, 0x00, 0x00, 0x00, 0x00,
        0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    /// Nil for any other path.
    static func answer(_ head: RequestHead) -> ProviderAnswer? {
        let path = head.path.string
        guard path.hasPrefix(prefix) else { return nil }
        var image = ByteWriter(capacity: pixel.count)
        for byte in pixel { image.append(byte) }
        var answer = ProviderAnswer(image.finish())
        answer.contentType = "image/png"
        switch path.dropFirst(prefix.count) {
        case "pixel.png": break
        case "page.png":
            answer = ProviderAnswer("<html>")
            answer.contentType = "text/html"
        case "elsewhere.png":
            answer.status = 302
            answer.headers = [ScriptedField(name: "location", value: "/_images/pixel.png")]
        default: answer.status = 404
        }
        return answer
    }
}
