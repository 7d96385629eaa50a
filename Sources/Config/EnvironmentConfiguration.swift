// SPDX-License-Identifier: Apache-2.0
import Core
import Gateway
import Upstreams

/// A configuration without a file: a provider for each well-known environment variable.
public struct EnvironmentConfiguration: Sendable {
    public var surroundings: Surroundings
    public var overrides: ListenOverrides

    public init(surroundings: Surroundings, overrides: ListenOverrides = ListenOverrides()) {
        self.surroundings = surroundings
        self.overrides = overrides
    }

    /// Looks at the variables; with none set, the result asks for the simulated provider.
    public func load() throws(InvalidConfiguration) -> LoadedConfiguration {
        let listen = try overrides.resolve(api: nil, admin: nil)
        var reading = EnvironmentReading(surroundings: surroundings, api: listen.api)
        for preset in ProviderPreset.all { reading.read(preset) }
        reading.readOllama()
        if !reading.upstreams.isEmpty, !listen.api.isLoopback {
            reading.fault(
                "--listen",
                "whoever reaches \(listen.api) could use the providers without a key; write a"
                    + " configuration file with 'keys', or with 'auth: none' if that is meant")
        }
        if listen.api == listen.admin, listen.api.port != 0 {
            reading.fault("--admin", "\(listen.admin) is the API's address; write another port")
        }
        let errors = reading.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty else { throw InvalidConfiguration(reading.diagnostics) }
        var snapshot = Snapshot()
        snapshot.listen.api = listen.api.description
        snapshot.listen.admin = listen.admin.description
        snapshot.node.name = NodeIdentity.name(ofHost: surroundings.hostName)
        snapshot.upstreams = reading.upstreams
        snapshot.routes = RouteTable(DerivedRoutes.make(for: reading.providers))
        return LoadedConfiguration(snapshot: snapshot, warnings: reading.diagnostics, files: [])
    }
}

/// Collects the providers of one look at the environment.
private struct EnvironmentReading {
    let surroundings: Surroundings
    let api: ListenAddress
    var upstreams: [Upstream] = []
    var providers: [DerivedRoutes.Provider] = []
    var diagnostics: [Diagnostic] = []

    init(surroundings: Surroundings, api: ListenAddress) {
        self.surroundings = surroundings
        self.api = api
    }

    mutating func fault(_ variable: String, _ message: String) {
        diagnostics.append(Diagnostic(file: variable, position: nil, message: message))
    }

    mutating func read(_ preset: ProviderPreset) {
        let key = preset.keyVariables.first { value(of: $0) != nil }
        var base: BaseAddress?
        if let variable = preset.baseVariable { base = self.base(of: variable) }
        guard key != nil || base != nil else { return }
        guard let address = base ?? (try? BaseAddress(parsing: preset.base)) else { return }
        let completed = address.completed(for: preset.kind)
        var upstream = Upstream(
            name: preset.name, kind: preset.kind, origin: completed.origin,
            basePath: completed.path)
        if let key {
            let credential = Credential.make(value(of: key) ?? "", field: upstream.credentialField)
            guard let credential else {
                fault(
                    key,
                    "a key must be visible ASCII characters without blanks and quotes;"
                        + " set it to the key alone")
                return
            }
            upstream.credentials = [credential]
        }
        add(upstream, preset.patterns)
    }

    mutating func readOllama() {
        guard let text = value(of: "OLLAMA_HOST") else { return }
        do throws(BaseAddress.Fault) {
            let base = try OllamaHost.base(text)
            add(
                Upstream(name: "ollama", kind: .ollama, origin: base.origin, basePath: base.path),
                UpstreamKind.ollama.modelPatterns)
        } catch {
            fault("OLLAMA_HOST", "\(quoted(text)) \(error.message)")
        }
    }

    private mutating func add(_ upstream: Upstream, _ patterns: [String]) {
        upstreams.append(upstream)
        providers.append(DerivedRoutes.Provider(upstream.name, patterns))
    }

    /// An address of a variable; one that leads to this node itself is left out.
    ///
    /// Clients of this node set the same variables to find it, and may share its environment.
    private mutating func base(of variable: String) -> BaseAddress? {
        guard let text = value(of: variable) else { return nil }
        do throws(BaseAddress.Fault) {
            let base = try BaseAddress(parsing: text)
            guard base.origin.port != api.port || !api.isReached(by: base.origin.host) else {
                let message = "leads to this node itself, so it is not used"
                diagnostics.append(
                    Diagnostic(.warning, file: variable, position: nil, message: message))
                return nil
            }
            return base
        } catch {
            fault(variable, "\(quoted(text)) \(error.message)")
            return nil
        }
    }

    private func value(of variable: String) -> String? {
        guard let value = surroundings.variable(variable), !value.isEmpty else { return nil }
        return value
    }
}
