// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Everything that the admin port answers; the OpenAPI document lists the same.
enum AdminRoute: CaseIterable {
    case liveness
    case readiness
    case health
    case metrics
    case status
    case config
    case members
    case cluster
    case explain
    case reload
    case drain
    case openAPI

    var path: StaticString {
        switch self {
        case .liveness: "/livez"
        case .readiness: "/readyz"
        case .health: "/healthz"
        case .metrics: "/metrics"
        case .status: "/admin/v1/status"
        case .config: "/admin/v1/config"
        case .members: "/admin/v1/members"
        case .cluster: "/admin/v1/cluster"
        case .explain: "/admin/v1/explain"
        case .reload: "/admin/v1/reload"
        case .drain: "/admin/v1/drain"
        case .openAPI: "/admin/v1/openapi.json"
        }
    }

    var method: HTTPMethod {
        switch self {
        case .reload, .drain: .post
        default: .get
        }
    }

    /// For the `allow` field of a 405.
    var allowed: StaticString { method == .post ? "POST" : "GET, HEAD" }

    /// Probes and scrapers bring no key; everything that tells or changes more asks for it.
    var needsKey: Bool {
        switch self {
        case .liveness, .readiness, .health, .metrics: false
        case .status, .config, .members, .cluster, .explain, .reload, .drain, .openAPI: true
        }
    }

    /// What lies below this path is the operator's alone, even what does not exist.
    static let protectedPrefix: StaticString = "/admin/"

    static func find(_ path: Span<UInt8>) -> AdminRoute? {
        for route in allCases where path.equals(route.path) { return route }
        return nil
    }

    func accepts(_ asked: HTTPMethod) -> Bool {
        asked == method || (asked == .head && method == .get)
    }
}
