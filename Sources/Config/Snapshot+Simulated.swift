// SPDX-License-Identifier: Apache-2.0
import Core
public import Gateway
public import Upstreams

extension Snapshot {
    /// Lets a simulated provider at `origin` answer whatever is asked, to try without any key.
    public mutating func addSimulatedProvider(origin: Origin) {
        let index = upstreams.count
        upstreams.append(
            Upstream(name: "simulated", kind: .compatible, origin: origin, basePath: "/v1"))
        let prefix = "simulated/"
        let targets = [
            Target(upstream: index, model: nil, strippedPrefix: prefix.utf8.count),
            Target(upstream: index, model: nil),
        ]
        let names = ["\(prefix)*", "*"]
        let added = zip(names, targets).map { name, target in
            Route(name: name, strategy: .weighted, targets: [target])
        }
        routes = RouteTable(routes.routes.filter { !names.contains($0.name) } + added)
    }
}
