// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Reactor
import Upstreams

extension DraftReader {
    /// Reads where images by URL may be fetched from; without `allow` nothing is.
    mutating func readFetch(_ node: YAMLNode?, into fetch: inout FetchOptions) {
        guard let fields = fields(node, of: .fetch) else { return }
        let example = "[\"https://images.example.com/\"]"
        let allowed = required("allow", in: fields, example: example)
        for node in list(allowed, "allow", example: example) ?? [] {
            guard let read = text(node, "allow", "an address such as https://HOST/") else {
                continue
            }
            if let pattern = FetchPattern(read.text) {
                fetch.allowed.append(pattern)
            } else {
                // Behind this mark there may be a password.
                let shown = read.text.contains("@") ? "the address" : read.shown
                diagnostics.fault(
                    read.position,
                    "'allow' must be an address such as https://images.example.com/folder/ or"
                        + " https://*.example.com/, without user name and '?', not \(shown)")
            }
        }
        for node in list(fields["networks"], "networks", example: "[10.0.0.0/8]") ?? [] {
            guard let read = text(node, "networks", "a network such as 10.0.0.0/8") else {
                continue
            }
            if let network = AddressNetwork(read.text) {
                fetch.addresses.networks.append(network)
            } else {
                refuse(read, "networks", "a network such as 10.0.0.0/8 or fd00::/8")
            }
        }
        set(&fetch.imageBytes, size(fields["max_bytes"], "max_bytes", in: 1024...64 << 20))
        set(&fetch.images, integer(fields["max_images"], "max_images", in: 1...64))
        set(
            &fetch.timeout,
            duration(fields["timeout"], "timeout", in: .milliseconds(100) ... .seconds(120)))
    }
}
