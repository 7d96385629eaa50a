// SPDX-License-Identifier: Apache-2.0
internal import Config
internal import Core
internal import Crypto
internal import Gateway
internal import Reactor
internal import Upstreams

/// Keeps the configuration in use and replaces it; an actor on the control loop.
///
/// Handlers of that loop enter it by `assumeIsolated`, other actors by `await`.
actor ConfigKeeper {
    private let executor: LoopExecutor
    private let source: ConfigSource?
    /// What the node starts with.
    let first: LoadedSnapshot
    private var machine: ReloadMachine
    private var completion: ConfigCompletion
    /// What the files held when they were last read; nil until a change is looked for.
    private var seen: SHA256Digest?
    private var files: [String]
    /// Of the last load, if it was refused. A file that it lacks may come without being watched.
    private var refused: [Diagnostic] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What came of a load.
    enum Outcome: Sendable {
        /// The files hold what they held before.
        case unchanged
        case replaced(LoadedSnapshot, findings: [Diagnostic], notes: [RestartNote])
        case kept([Diagnostic])
    }

    /// Takes the configuration of the start; `generatedAdminKey` stands in where it has none.
    init(
        _ plan: NodePlan, generatedAdminKey: Secret?, executor: LoopExecutor
    ) throws(NodeFault) {
        self.executor = executor
        source = plan.source
        files = plan.configuration.files
        var completion = ConfigCompletion(
            adminKey: generatedAdminKey, simulatedProvider: plan.simulatedProvider)
        machine = ReloadMachine(
            try completion.complete(plan.configuration, current: nil).snapshot)
        self.completion = completion
        first = try Self.open(machine.current)
        seen = plan.source.map { Self.fingerprint(plan.configuration.files, $0.surroundings) }
    }

    var current: Snapshot { machine.current }
    /// The configuration file and every file it refers to.
    var watchedFiles: [String] { files }

    /// Whether the files cannot be used as they were last seen.
    var isRefused: Bool { !refused.isEmpty }

    /// Reads the files anew if what they hold has changed, or if they could not be used before.
    func reloadIfChanged() -> Outcome {
        guard let source, isRefused || Self.fingerprint(files, source.surroundings) != seen else {
            return .unchanged
        }
        let before = refused
        let outcome = reload()
        // Told once is enough.
        if case .kept(let findings) = outcome, findings == before { return .unchanged }
        return outcome
    }

    /// Reads the configuration anew; the last good one stays if it cannot be used.
    func reload() -> Outcome {
        guard let source else {
            let message = "this node runs without a configuration file; restart it to change it"
            return .kept([Diagnostic(file: "serve", position: nil, message: message)])
        }
        // Before the load, so that what changes during it is noticed afterwards.
        seen = Self.fingerprint(files, source.surroundings)
        let result = load(source)
        if case .success(let loaded) = result, loaded.files != files {
            files = loaded.files
            seen = Self.fingerprint(files, source.surroundings)
        }
        let outcome = settle(result, source)
        if case .kept(let findings) = outcome { refused = findings } else { refused = [] }
        return outcome
    }

    /// Decides on a copy: a certificate that cannot be used leaves everything as it was.
    private func settle(
        _ result: Result<LoadedConfiguration, InvalidConfiguration>, _ source: ConfigSource
    ) -> Outcome {
        var next = machine
        switch next.onLoaded(result) {
        case .kept(let findings): return .kept(findings)
        case .replaced(let snapshot, let findings, let notes):
            do throws(NodeFault) {
                let loaded = try Self.open(snapshot)
                machine = next
                return .replaced(loaded, findings: findings, notes: notes)
            } catch {
                return .kept([Self.finding(error, source)])
            }
        }
    }

    /// Reads the certificate, if there is one.
    private static func open(_ snapshot: Snapshot) throws(NodeFault) -> LoadedSnapshot {
        do throws(TLSFault) { return try LoadedSnapshot(snapshot) } catch {
            throw NodeFault("\(error) ('listen.tls' in the configuration)")
        }
    }

    private static func finding(_ fault: NodeFault, _ source: ConfigSource) -> Diagnostic {
        Diagnostic(file: source.path, position: nil, message: fault.description)
    }

    private func load(
        _ source: ConfigSource
    ) -> Result<LoadedConfiguration, InvalidConfiguration> {
        let loaded: LoadedConfiguration
        do throws(InvalidConfiguration) { loaded = try source.load() } catch {
            return .failure(error)
        }
        do throws(NodeFault) {
            return .success(
                try completion.complete(loaded, current: current.admin.keyDigest))
        } catch {
            return .failure(InvalidConfiguration([Self.finding(error, source)]))
        }
    }

    /// The same for the same contents, whatever happened to the files meanwhile.
    private static func fingerprint(
        _ files: [String], _ surroundings: Surroundings
    ) -> SHA256Digest {
        var hasher = SHA256Hasher()
        for path in files {
            hasher.update(Bytes(path).span)
            var length = ByteWriter(capacity: 24)
            switch surroundings.readFile(path, fingerprintLimit) {
            case .success(let contents):
                length.append(decimal: contents.count)
                hasher.update(length.span)
                hasher.update(contents.span)
            case .failure: hasher.update(Bytes("?").span)
            }
        }
        return hasher.finish()
    }

    /// More than any file that a configuration may have.
    private static let fingerprintLimit = 16 * 1024 * 1024
}
