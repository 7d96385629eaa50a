// SPDX-License-Identifier: Apache-2.0
public import Reactor
internal import Synchronization
public import Upstreams

/// The TLS client contexts in use, one for each set of trust options; shared by all workers.
///
/// Reading the system's authorities takes some 20 ms, so it is done once, not per connection.
public final class TrustStore: Sendable {
    private struct Entry {
        var options: TrustOptions
        var context: TLSClientContext
    }

    private let entries = Mutex<[Entry]>([])

    public init() {}

    /// The context for these options, made if it is new; throws if the authorities cannot be read.
    public func context(for options: TrustOptions) throws(TLSFault) -> TLSClientContext {
        let known = entries.withLock { $0.first { $0.options == options }?.context }
        if let known { return known }
        let context = try TLSClientContext(Self.clientOptions(options))
        entries.withLock { $0.append(Entry(options: options, context: context)) }
        return context
    }

    /// Forgets the contexts, so that changed authority files are read again.
    public func reset() { entries.withLock { $0 = [] } }

    private static func clientOptions(_ options: TrustOptions) -> TLSClientContext.Options {
        var client = TLSClientContext.Options()
        if options.acceptsAnyCertificate {
            client.trust = .insecureSkipVerify
        } else if let file = options.authorityFile {
            client.trust = .authorities(.file(file))
        }
        return client
    }
}
