// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Crypto
internal import Dialects
internal import JSON
internal import Upstreams

/// The images that one request names by URL, for a provider that takes bytes alone.
///
/// They are fetched at once, each address a single time; the first that cannot be had ends it.
final class ImageGathering {
    /// Requests of one worker whose images are on their way; each may hold all of its images.
    static let concurrencyLimit = 64

    /// Where it stands.
    enum State {
        case underWay
        /// Images by their URLs, as data of a JSON string.
        case done([Bytes: MediaSource])
        case failed(RequestFault)
    }

    private(set) var state = State.underWay
    private let options: FetchOptions
    private let wanted: [Translator.RemoteImage]
    private var fetches: [ImageFetch] = []
    private var found: [Bytes: MediaSource] = [:]
    private var completion: (() -> Void)?

    init(_ wanted: [Translator.RemoteImage], _ options: FetchOptions) {
        self.wanted = wanted
        self.options = options
    }

    var isUnderWay: Bool { if case .underWay = state { true } else { false } }

    /// Images asked for, and what came of them in bytes.
    var imageCount: Int { fetches.count }
    var byteCount: Int { fetches.reduce(0) { $0 + $1.byteCount } }

    /// Begins; false if it is over already, and `completion` is never called.
    func begin(with dialer: UpstreamDialer, completion: @escaping () -> Void) -> Bool {
        var places: [FetchAddress: (path: Bytes, urls: [Bytes])] = [:]
        var order: [FetchAddress] = []
        for image in wanted {
            let url = image.url.decoded
            do throws(FetchFault) {
                let address = try Self.address(url, options)
                if places[address] == nil { order.append(address) }
                places[address, default: (image.path, [])].urls.append(url)
                guard order.count <= options.images else { throw .tooMany(limit: options.images) }
            } catch {
                state = .failed(error.requestFault(at: image.path, host: Self.host(of: url)))
                return false
            }
        }
        for address in order {
            guard let place = places[address] else { continue }
            fetches.append(
                ImageFetch(address, options) { [unowned self] result in
                    onResult(result, of: place.urls, at: place.path, address.origin.host)
                })
        }
        // Those that follow a failure are never begun.
        for fetch in fetches where isUnderWay { fetch.begin(with: dialer) }
        // What has failed by now is told by the result.
        if isUnderWay { self.completion = completion }
        return isUnderWay
    }

    private static func address(
        _ url: Bytes, _ options: FetchOptions
    ) throws(FetchFault) -> FetchAddress {
        let address: FetchAddress
        do throws(FetchAddress.Fault) {
            address = try FetchAddress(parsing: url)
        } catch { throw FetchFault(error) }
        guard options.allowed.contains(where: { $0.allows(address) }) else { throw .notAllowed }
        return address
    }

    /// Nil for a text that may hold anything.
    private static func host(of url: Bytes) -> String? {
        (try? FetchAddress(parsing: url))?.origin.host
    }

    private func onResult(
        _ result: Result<ImageFetch.Image, FetchFault>, of urls: [Bytes], at path: Bytes,
        _ host: String
    ) {
        switch result {
        case .success(let image):
            var data = ByteWriter(capacity: (image.content.count + 2) / 3 * 4)
            Base64.standard.encode(image.content.span, into: &data)
            let source = MediaSource.base64(
                EscapedText(escaping: data.finish().span),
                mediaType: EscapedText(escaping: image.mediaType.span))
            for url in urls { found[url] = source }
            if Set(wanted.map(\.url.decoded)).count == found.count { finish(.done(found)) }
        case .failure(let fault): finish(.failed(fault.requestFault(at: path, host: host)))
        }
    }

    /// The time is up.
    func expire() {
        guard isUnderWay, let image = wanted.first(where: { found[$0.url.decoded] == nil }) else {
            return
        }
        let host = Self.host(of: image.url.decoded)
        finish(.failed(FetchFault.timeout.requestFault(at: image.path, host: host)))
    }

    private func finish(_ state: State) {
        guard isUnderWay else { return }
        self.state = state
        let completion = self.completion
        cancel()
        completion?()
    }

    /// Nobody wants the images any more.
    func cancel() {
        completion = nil
        for fetch in fetches { fetch.cancel() }
    }
}
