// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor
internal import Upstreams

/// One image on its way here from a host that a caller named.
final class ImageFetch: LoneConnectionDelegate {
    /// An image as it came.
    struct Image {
        var mediaType: Bytes
        var content: Bytes
    }

    typealias Completion = (Result<Image, FetchFault>) -> Void

    private let address: FetchAddress
    private let options: FetchOptions
    private var completion: Completion?
    private var connection: LoneConnection?
    private var mediaType = Bytes()
    private var body = ByteWriter()
    /// What came of it, also when it was given up.
    private(set) var byteCount = 0

    init(_ address: FetchAddress, _ options: FetchOptions, completion: @escaping Completion) {
        self.address = address
        self.options = options
        self.completion = completion
    }

    func begin(with dialer: UpstreamDialer) {
        // No field of the caller's goes there, and no credential of ours.
        let host = Upstream(
            name: address.origin.host, kind: .custom, origin: address.origin, basePath: "")
        let connection = LoneConnection(to: host, method: .get, delegate: self)
        self.connection = connection
        connection.open(with: dialer, permits: options.addresses)
    }

    func onOpen(_ transport: Transport) {
        transport.write { writer in
            writer.append("GET ")
            writer.append(address.target)
            writer.append(" HTTP/1.1\r\n")
            writer.appendField("host", address.origin.authority)
            writer.append("accept: image/*\r\nuser-agent: apus\r\nconnection: close\r\n\r\n")
        }
    }

    func onAnswerHead(_ head: ResponseHead) {
        if let fault = fault(of: head) { return finish(.failure(fault)) }
        if case .length(let length) = head.framing { body = ByteWriter(capacity: length) }
    }

    private func fault(of head: ResponseHead) -> FetchFault? {
        if (300..<400).contains(head.status) { return .redirect }
        guard head.status == 200 else { return .status(head.status) }
        guard head.fields[.contentEncoding] ?? "identity" == "identity" else { return .encoded }
        guard let type = Self.mediaType(head.fields[.contentType] ?? Bytes()) else {
            return .notImage
        }
        mediaType = type
        if case .length(let length) = head.framing, length > options.imageBytes {
            return .tooLarge(limit: options.imageBytes)
        }
        return nil
    }

    /// `image/png` of `image/png; q=1`; nil for what is no image.
    private static func mediaType(_ field: Bytes) -> Bytes? {
        let text = field.span
        guard text.hasPrefixIgnoringCase("image/") else { return nil }
        var end = 6
        while end < text.count, isTypeByte(text[end]) { end += 1 }
        guard end > 6, end == text.count || text[end] == 0x3B || text[end] == 0x20 else {
            return nil
        }
        return field.prefix(end)
    }

    private static func isTypeByte(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }

    func onAnswerBody(_ bytes: Span<UInt8>) {
        byteCount += bytes.count
        guard byteCount <= options.imageBytes else {
            return finish(.failure(.tooLarge(limit: options.imageBytes)))
        }
        body.append(bytes)
    }

    func onAnswerEnd() {
        guard byteCount > 0 else { return finish(.failure(.empty)) }
        finish(.success(Image(mediaType: mediaType, content: body.finish())))
    }

    func onFault(_ fault: AttemptFault) { finish(.failure(FetchFault(fault))) }

    func onUpstreamDrained() {}

    private func finish(_ result: Result<Image, FetchFault>) {
        let completion = self.completion
        cancel()
        completion?(result)
    }

    /// Nobody wants it any more; nothing more is told.
    func cancel() {
        completion = nil
        connection?.close()
        connection = nil
        body = ByteWriter()
    }
}
