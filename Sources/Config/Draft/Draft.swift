// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Dialects
import Gateway
import Metering
import Reactor
import Upstreams

/// A configuration whose values have the right types; how they fit together is not checked yet.
struct Draft {
    var api: Located<ListenAddress>?
    var admin: Located<ListenAddress>?
    var clusterAddress: Located<ListenAddress>?
    var cluster: ClusterDraft?
    var certificate: ServerCertificate?
    var node = NodeIdentity()
    var adminDigest: Located<SHA256Digest>?
    var providers: [ProviderDraft] = []
    /// Who keeps the objects of a dialect's callers; the word `off` for nobody.
    var storedObjects: [(dialect: Dialect, keeper: Located<String>)] = []
    /// Nil when left out: routes are then derived from the providers.
    var models: [ModelDraft]?
    var keys: [KeyDraft] = []
    /// `keys` was written, but not as a list.
    var areKeysUnreadable = false
    /// Where `auth: none` was written.
    var openAccess: SourcePosition?
    var fetch = FetchOptions()
    var limits = RequestLimits()
    var timeouts = Timeouts()
    var attempts = AttemptLimits()
    var accessLog = AccessLogDestination.standardOutput
    var prices: [PriceOverride] = []
    /// Where something stands that is missing a part.
    var positions = Positions()

    /// Places to point at when a whole section is at fault.
    struct Positions {
        var keys: SourcePosition?
        var api: SourcePosition?
        var start = SourcePosition(line: 1, column: 1)
    }
}

/// The section `cluster`.
struct ClusterDraft {
    var position: SourcePosition
    var name: String?
    var advertise: Located<ListenAddress>?
    var join: [HostPort] = []
    var keys: [Located<Secret>] = []
}

/// One entry of `providers`.
struct ProviderDraft {
    var position: SourcePosition
    var name: Located<String>?
    /// Nil when one of its parts is at fault.
    var upstream: Upstream?
    var mapping: FieldMapping?
    var base: SourcePosition?
}

/// One entry of `models`.
struct ModelDraft {
    var position: SourcePosition
    var name: Located<String>?
    var strategy = Strategy.weighted
    var targets: [TargetDraft] = []
    var fallback: [Located<String>] = []
    var unknownFields = FieldPolicy.drop
}

/// One entry of a model's `targets`.
struct TargetDraft {
    var position: SourcePosition
    var provider: Located<String>?
    var model: Located<String>?
    var weight = 1
    var priority = 0
}

/// One entry of `keys`.
struct KeyDraft {
    var position: SourcePosition
    var name: Located<String>?
    var digest: Located<SHA256Digest>?
    var models: [Located<String>]?
    var storedObjects: Bool?
}
