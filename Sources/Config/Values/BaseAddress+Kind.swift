// SPDX-License-Identifier: Apache-2.0
import Upstreams

extension BaseAddress {
    /// Adds the path of the kind's public address to an address without one.
    ///
    /// Vendors' own variables differ in whether they hold `/v1`; without it nothing would be found.
    /// An `openai-compatible` address stays as it is, since some servers have no such path.
    /// The address of a kind's OpenAI-shaped API stands for the kind's own.
    func completed(for kind: UpstreamKind) -> BaseAddress {
        var address = self
        if kind == .ollama, path.hasSuffix("/v1") { address.path.removeLast(3) }
        if kind == .gemini, path.hasSuffix("/openai") { address.path.removeLast(7) }
        return address.withPath(of: kind)
    }

    private func withPath(of kind: UpstreamKind) -> BaseAddress {
        guard path.isEmpty, let known = kind.publicBase,
            let address = try? BaseAddress(parsing: known)
        else { return self }
        var completed = self
        completed.path = address.path
        return completed
    }
}
