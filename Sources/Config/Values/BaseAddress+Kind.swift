// SPDX-License-Identifier: Apache-2.0
import Upstreams

extension BaseAddress {
    /// Adds the path of the kind's public address to an address without one.
    ///
    /// Vendors' own variables differ in whether they hold `/v1`; without it nothing would be found.
    /// An `openai-compatible` address stays as it is, since some servers have no such path.
    func completed(for kind: UpstreamKind) -> BaseAddress {
        guard path.isEmpty, let known = kind.publicBase,
            let address = try? BaseAddress(parsing: known)
        else { return self }
        var completed = self
        completed.path = address.path
        return completed
    }
}
