// SPDX-License-Identifier: Apache-2.0

/// Why a host name has no addresses for us.
public enum ResolverFault: Error, Hashable, Sendable {
    /// The name does not exist or has no address; asking again soon is no use.
    case notFound
    /// No name server answered, or it could not say.
    case unavailable
    /// Too many look-ups are under way or wait; ours was not even started.
    case overloaded

    /// A bounded text for metrics and records.
    public var label: StaticString {
        switch self {
        case .notFound: "name_not_found"
        case .unavailable: "name_service_unavailable"
        case .overloaded: "name_service_overloaded"
        }
    }
}
