// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Upstreams

/// The routes of a configuration that names no models: every provider under its own names.
enum DerivedRoutes {
    /// A provider's name and the patterns of model names that are its own.
    struct Provider {
        var name: String
        var patterns: [String]

        init(_ name: String, _ patterns: [String]) {
            self.name = name
            self.patterns = patterns
        }
    }

    /// `PROVIDER/*` for each, its patterns, and `*` when there is one only.
    ///
    /// Providers that share a pattern share its requests in equal parts.
    static func make(for providers: [Provider]) -> [Route] {
        var routes: [Route] = []
        var positions: [String: Int] = [:]
        func add(_ pattern: String, _ target: Target) {
            if let position = positions[pattern] {
                routes[position].targets.append(target)
            } else {
                positions[pattern] = routes.count
                routes.append(Route(name: pattern, strategy: .weighted, targets: [target]))
            }
        }
        for (index, provider) in providers.enumerated() {
            let prefix = "\(provider.name)/"
            let stripping = Target(
                upstream: index, model: nil, strippedPrefix: prefix.utf8.count)
            add("\(prefix)*", stripping)
            for pattern in provider.patterns { add(pattern, Target(upstream: index, model: nil)) }
        }
        if providers.count == 1 { add("*", Target(upstream: 0, model: nil)) }
        return routes
    }
}
