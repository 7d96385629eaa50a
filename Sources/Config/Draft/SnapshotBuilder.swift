// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Gateway
import Metering
import Upstreams

/// Makes a snapshot of a draft in which no fault was found.
struct SnapshotBuilder {
    let draft: Draft
    let api: ListenAddress
    let admin: ListenAddress

    func snapshot() -> Snapshot {
        var snapshot = Snapshot()
        snapshot.listen.api = api.description
        snapshot.listen.admin = admin.description
        snapshot.listen.tls = draft.certificate
        snapshot.node = draft.node
        if let cluster = draft.cluster {
            snapshot.listen.cluster =
                draft.clusterAddress?.value.description ?? ClusterConfiguration.listen
            snapshot.cluster = configuration(of: cluster)
        }
        snapshot.admin.keyDigest = draft.adminDigest?.value
        snapshot.upstreams = draft.providers.compactMap(\.upstream)
        precondition(snapshot.upstreams.count == draft.providers.count, "a faulty draft is built")
        for provider in draft.providers {
            guard let mapping = provider.mapping, let name = provider.name else { continue }
            snapshot.mappings[name.value] = mapping
        }
        snapshot.routes = RouteTable(routes(for: snapshot.upstreams))
        for (dialect, keeper) in draft.storedObjects {
            snapshot.storedObjects[dialect] = choice(keeper.value, of: snapshot.upstreams)
        }
        if !draft.keys.isEmpty { snapshot.keys = KeyTable(draft.keys.compactMap(key)) }
        snapshot.fetch = draft.fetch
        snapshot.limits = draft.limits
        snapshot.timeouts = draft.timeouts
        snapshot.attempts = draft.attempts
        snapshot.accessLog = draft.accessLog
        snapshot.prices = PriceTable.builtIn.overridden(by: draft.prices)
        return snapshot
    }

    private func configuration(of draft: ClusterDraft) -> ClusterConfiguration {
        var cluster = ClusterConfiguration()
        if let name = draft.name { cluster.name = name }
        cluster.advertise = draft.advertise?.value.description
        cluster.join = draft.join
        cluster.keys = draft.keys.map(\.value)
        return cluster
    }

    private func choice(_ keeper: String, of upstreams: [Upstream]) -> StoredChoice {
        upstreams.firstIndex { $0.name == keeper }.map { .upstream($0) } ?? .off
    }

    private func key(_ key: KeyDraft) -> ClientKey? {
        guard let name = key.name, let digest = key.digest else { return nil }
        let models = key.models?.map(\.value) ?? ["*"]
        return ClientKey(
            name: name.value, digest: digest.value, models: models,
            storedObjects: key.storedObjects)
    }

    private func routes(for upstreams: [Upstream]) -> [Route] {
        guard let models = draft.models else {
            return DerivedRoutes.make(
                for: upstreams.map { DerivedRoutes.Provider($0.name, $0.kind.modelPatterns) })
        }
        var positions: [String: Int] = [:]
        for (index, model) in models.enumerated() {
            if let name = model.name { positions[name.value] = index }
        }
        var upstreamIndices: [String: Int] = [:]
        for (index, upstream) in upstreams.enumerated() { upstreamIndices[upstream.name] = index }
        let fallbacks = Set(models.flatMap(\.fallback).map(\.value))
        return models.compactMap { model in
            guard let name = model.name?.value else { return nil }
            var route = Route(
                name: name, strategy: model.strategy,
                targets: model.targets.compactMap { target in
                    guard let upstream = upstreamIndices[target.provider?.value ?? ""] else {
                        return nil
                    }
                    return make(target, upstream, of: name, isFallback: fallbacks.contains(name))
                },
                fallback: model.fallback.compactMap { positions[$0.value] })
            route.unknownFields = model.unknownFields
            return route
        }
    }

    private func make(
        _ target: TargetDraft, _ upstream: Int, of route: String, isFallback: Bool
    ) -> Target {
        var made = Target(
            upstream: upstream, model: nil, weight: target.weight, priority: target.priority)
        switch target.model?.value {
        case "*": made.strippedPrefix = route.utf8.count - 1
        case let model?: made.model = Bytes(model)
        // As a fallback it is asked for another name than its own, which must not travel on.
        case nil: made.model = isFallback ? Bytes(route) : nil
        }
        return made
    }
}
