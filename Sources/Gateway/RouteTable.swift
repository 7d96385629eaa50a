// SPDX-License-Identifier: Apache-2.0
public import Core
public import Dialects
public import Upstreams

/// A model's name as callers write it, the targets that can serve it, and where to go on.
public struct Route: Sendable {
    /// The configured name; a trailing `*` matches any rest. Used as metric label.
    public var name: String
    public var strategy: Strategy
    public var targets: [Target]
    /// Routes to try when no target of this one answers, as positions in the table.
    public var fallback: [Int]
    /// What becomes of a request's fields that the target's format does not know.
    public var unknownFields = FieldPolicy.drop

    public init(name: String, strategy: Strategy, targets: [Target], fallback: [Int] = []) {
        self.name = name
        self.strategy = strategy
        self.targets = targets
        self.fallback = fallback
    }
}

/// Finds the route for a model: exact names first, then the longest matching prefix.
public struct RouteTable: Sendable {
    public private(set) var routes: [Route] = []
    private var exact: [Bytes: Int] = [:]
    /// Prefixes with the longest first.
    private var prefixes: [(prefix: Bytes, route: Int)] = []

    public init() {}

    public init(_ routes: [Route]) {
        self.routes = routes
        for (index, route) in routes.enumerated() {
            if route.name.utf8.last == UInt8(ascii: "*") {
                prefixes.append((Bytes(route.name.dropLast()), index))
            } else {
                exact[Bytes(route.name)] = index
            }
        }
        prefixes.sort { $0.prefix.count > $1.prefix.count }
    }

    /// The position of the route that serves `model`, or nil.
    public func find(_ model: Bytes) -> Int? {
        if let index = exact[model] { return index }
        for (prefix, index) in prefixes where model.count >= prefix.count {
            if model.prefix(prefix.count) == prefix { return index }
        }
        return nil
    }
}
