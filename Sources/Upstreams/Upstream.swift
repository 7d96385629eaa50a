// SPDX-License-Identifier: Apache-2.0
public import Core

/// One configured provider: where it is, how to authenticate, what its connections may cost.
public struct Upstream: Sendable, Equatable {
    public var name: String
    public var kind: UpstreamKind
    public var origin: Origin
    /// Put before each call's own path, for example `/v1`; no slash at its end.
    public var basePath: String
    /// The calls that it serves, with their paths behind the base.
    public var paths: CallPaths
    /// Where it keeps objects for its callers; nil if it keeps none.
    public var stored: StoredBase?
    /// Whole credential values, scheme word included; taken in turn. Empty: none is sent.
    public var credentials: [Secret]
    /// The field that carries the credential, in lower case.
    public var credentialField: String
    /// The parameter of the query that carries the credential instead.
    public var credentialParameter: String?
    /// Sent with every request as they stand.
    public var extraFields: [ExtraField]
    public var pool: PoolLimits
    public var trust: TrustOptions
    /// Whether it fetches images by itself; Ollama does not.
    public var takesImageURLs: Bool

    public init(name: String, kind: UpstreamKind, origin: Origin, basePath: String) {
        self.name = name
        self.kind = kind
        self.origin = origin
        self.basePath = basePath
        paths = kind.paths(basePath: basePath)
        stored = StoredBase(kind: kind, basePath: basePath)
        credentials = []
        credentialField = kind.credentialField
        extraFields = []
        pool = PoolLimits()
        trust = TrustOptions()
        takesImageURLs = kind != .ollama
    }
}

/// A header field that the operator adds to each request to an upstream.
public struct ExtraField: Sendable, Equatable {
    public var name: String
    public var value: Secret

    public init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}

/// Bounds on the connections that one worker keeps to one upstream.
public struct PoolLimits: Sendable, Equatable {
    /// Open connections; further requests wait in the queue. Raise it for slow upstreams.
    public var maximumConnections = 8192
    /// Kept open without work; more cost memory on both ends, fewer cost handshakes.
    public var maximumIdle = 256
    /// Closed after this long without work; below the upstream's own timeout it avoids races.
    public var idleTimeout: Duration = .seconds(55)
    /// Requests that wait for a connection; one more is refused at once.
    public var maximumWaiting = 8192

    public init() {}
}

/// What must be true of an upstream's certificate.
public struct TrustOptions: Sendable, Equatable {
    /// A PEM file of authorities instead of the system's store.
    public var authorityFile: String?
    /// Accepts any certificate; for laboratories only, and logged at each start.
    public var acceptsAnyCertificate = false

    public init() {}
}
