// SPDX-License-Identifier: Apache-2.0
public import Core
public import Dialects
public import Metering
public import Upstreams

/// Everything a worker reads of the configuration: validated, immutable, replaced as a whole.
public struct Snapshot: Sendable {
    /// Counts up with each successful load; appears in logs and records.
    public var generation: UInt64 = 0
    public var loadedAt = Timestamp(nanoseconds: 0)
    public var listen = ListenOptions()
    public var node = NodeIdentity()
    public var admin = AdminOptions()
    public var upstreams: [Upstream] = []
    /// How providers of kind `custom` differ from the format of their calls, by their names.
    public var mappings: [String: FieldMapping] = [:]
    public var routes = RouteTable()
    /// Who keeps the objects of a dialect's callers, where that was written.
    public var storedObjects: [Dialect: StoredChoice] = [:]
    public var keys = KeyTable()
    public var fetch = FetchOptions()
    public var limits = RequestLimits()
    public var timeouts = Timeouts()
    public var attempts = AttemptLimits()
    public var accessLog = AccessLogDestination.standardOutput
    /// Nil for a node that stands alone.
    public var cluster: ClusterConfiguration?
    public var prices = PriceTable.builtIn

    public init() {}
}

/// Addresses to listen on, as `HOST:PORT`; a change needs a restart.
public struct ListenOptions: Sendable, Equatable {
    public var api = "127.0.0.1:8080"
    public var admin = "127.0.0.1:8081"
    /// For datagrams and streams of the cluster; nil for a node that stands alone.
    public var cluster: String?
    public var tls: ServerCertificate?

    public init() {}
}

/// A certificate chain and its key, as PEM files that are read again on reload.
public struct ServerCertificate: Sendable, Equatable {
    public var certificateFile: String
    public var keyFile: String

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// Who this node is, in headers, records and metrics.
public struct NodeIdentity: Sendable, Equatable {
    public var name = "apus"
    public var region = ""
    public var zone = ""

    public init() {}
}

/// Bounds on what one client may send; beyond them it gets 413 or 431.
public struct RequestLimits: Sendable, Equatable {
    /// Request line and fields together, in bytes.
    public var headBytes = 32 * 1024
    public var fieldCount = 100
    /// One request body, in bytes; images travel inside it as base64.
    public var bodyBytes = 32 * 1024 * 1024
    /// One body that is passed on as it comes, in bytes: files for a provider to keep.
    public var uploadBytes = 512 * 1024 * 1024
    /// One upstream answer that is held whole, in bytes.
    public var answerBytes = 64 * 1024 * 1024
    /// Client connections of one worker; one more is closed at once.
    public var connections = 65_536

    public init() {}
}

/// How long each phase may take.
public struct Timeouts: Sendable, Equatable {
    /// TCP and TLS to the upstream.
    public var connect: Duration = .seconds(5)
    /// From the request sent to the first byte of the answer's body.
    public var firstToken: Duration = .seconds(120)
    /// Between two pieces of an answer.
    public var betweenTokens: Duration = .seconds(60)
    /// A stream that is silent for this long is sent a comment; zero turns it off.
    public var keepAlive: Duration = .seconds(15)
    /// The whole exchange, all attempts included.
    public var total: Duration = .seconds(900)
    /// A client that has begun a request must finish it in this time.
    public var clientRequest: Duration = .seconds(30)
    /// A client connection without a request is closed after this long.
    public var clientIdle: Duration = .seconds(75)
    /// A client that takes nothing of its answer is dropped after this long.
    public var clientWrite: Duration = .seconds(60)
    /// In-flight exchanges may take this long after SIGTERM.
    public var drain: Duration = .seconds(30)

    public init() {}
}

/// How often one exchange may try.
public struct AttemptLimits: Sendable, Equatable {
    /// All targets and fallbacks together.
    public var maximum = 4

    public init() {}
}

/// Where access records go.
public enum AccessLogDestination: Sendable, Equatable {
    case standardOutput
    case file(String)
    case off
}
