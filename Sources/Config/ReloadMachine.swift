// SPDX-License-Identifier: Apache-2.0
public import Gateway

/// Decides what a load of the configuration does to a running node: the last good one stays.
public struct ReloadMachine: Sendable {
    /// What the node runs with.
    public private(set) var current: Snapshot

    /// What to do after a load.
    public enum Outcome: Sendable {
        /// Hand the snapshot to every worker and log the findings and notes.
        case replaced(Snapshot, warnings: [Diagnostic], notes: [RestartNote])
        /// Go on as before and log the findings.
        case kept([Diagnostic])
    }

    /// Begins with the configuration of the start, as generation 1.
    public init(_ first: Snapshot) {
        current = first
        current.generation = 1
    }

    /// Takes a good configuration and counts it; keeps the current one otherwise.
    public mutating func onLoaded(
        _ result: Result<LoadedConfiguration, InvalidConfiguration>
    ) -> Outcome {
        switch result {
        case .failure(let invalid): return .kept(invalid.diagnostics)
        case .success(let loaded): return onLoaded(loaded)
        }
    }

    private mutating func onLoaded(_ loaded: LoadedConfiguration) -> Outcome {
        let notes = RestartNote.all(from: current, to: loaded.snapshot)
        var next = loaded.snapshot
        next.generation = current.generation + 1
        next.keepWhatNeedsRestart(of: current)
        if let fault = openAccessFault(next, isMeant: loaded.isOpenAccessMeant) {
            return .kept([Diagnostic(file: loaded.files.first ?? "", position: nil, message: fault)]
            )
        }
        current = next
        return .replaced(next, warnings: loaded.warnings, notes: notes)
    }

    /// A file may close the port and drop its keys at once, but the port closes at a restart only.
    private func openAccessFault(_ next: Snapshot, isMeant: Bool) -> String? {
        guard next.keys.isOpen, !isMeant, !next.upstreams.isEmpty,
            let api = try? ListenAddress(parsing: next.listen.api), !api.isLoopback
        else { return nil }
        return "the node listens on \(api) until it is restarted, and would do so without keys;"
            + " keep 'keys' and restart, or write 'auth: none' if that is meant"
    }
}

extension Snapshot {
    /// Takes over what only a restart changes; a new certificate file is no such thing.
    fileprivate mutating func keepWhatNeedsRestart(of current: Snapshot) {
        let certificate = listen.tls
        listen = current.listen
        if let certificate, listen.tls != nil { listen.tls = certificate }
        node = current.node
        if var kept = current.cluster {
            // Seeds and keys may change while the node runs; who it is may not.
            kept.join = cluster?.join ?? kept.join
            kept.keys = cluster?.keys ?? kept.keys
            cluster = kept
        } else {
            cluster = nil
        }
        accessLog = current.accessLog
    }
}
