// SPDX-License-Identifier: Apache-2.0
public import Core
public import Gateway

/// A configuration that is ready to be used.
public struct LoadedConfiguration: Sendable {
    public var snapshot: Snapshot
    public var warnings: [Diagnostic]
    /// The file itself and every file it refers to; a change of any asks for a reload.
    public var files: [String]
    /// `auth: none` was written, so the port may be open to others than this machine.
    public var isOpenAccessMeant = false

    /// Nothing to ask is configured; a node adds the simulated provider then.
    public var needsSimulatedProvider: Bool { snapshot.upstreams.isEmpty }
}

/// Addresses of the command line, which win over those of a file.
public struct ListenOverrides: Sendable, Equatable {
    /// `--listen HOST:PORT`.
    public var api: String?
    /// `--admin HOST:PORT`.
    public var admin: String?

    public init(api: String? = nil, admin: String? = nil) {
        self.api = api
        self.admin = admin
    }
}

/// A configuration file that can be loaded again and again.
public struct ConfigSource: Sendable {
    public var path: String
    public var surroundings: Surroundings
    public var overrides: ListenOverrides

    /// A file at `path`, which may refer to its surroundings.
    public init(
        path: String, surroundings: Surroundings, overrides: ListenOverrides = ListenOverrides()
    ) {
        self.path = path
        self.surroundings = surroundings
        self.overrides = overrides
    }

    /// Reads and checks the file; the error holds every fault.
    public func load() throws(InvalidConfiguration) -> LoadedConfiguration {
        switch surroundings.readFile(path, YAMLDocument.maximumBytes) {
        case .success(let bytes): return try load(bytes)
        case .failure(let fault):
            let message = "the file cannot be read: \(fault.reason)"
            throw InvalidConfiguration(
                [Diagnostic(file: path, position: nil, message: message)], files: [path])
        }
    }

    /// Checks the given text as if it were the file's.
    public func load(_ bytes: Bytes) throws(InvalidConfiguration) -> LoadedConfiguration {
        var diagnostics = DiagnosticList(file: path)
        guard let root = YAMLDocument(bytes, diagnostics: &diagnostics).root else {
            throw InvalidConfiguration(diagnostics.sorted, files: [path])
        }
        var reader = DraftReader(
            references: References(surroundings: surroundings, folder: folder),
            diagnostics: diagnostics)
        let draft = reader.draft(root)
        let listen = try overrides.resolve(api: draft.api?.value, admin: draft.admin?.value)
        var checker = DraftChecker(
            draft, api: listen.api, admin: listen.admin, diagnostics: reader.diagnostics)
        checker.check()
        let found = checker.diagnostics
        let files = [path] + reader.files
        guard !found.hasErrors else { throw InvalidConfiguration(found.sorted, files: files) }
        let builder = SnapshotBuilder(draft: draft, api: listen.api, admin: listen.admin)
        return LoadedConfiguration(
            snapshot: builder.snapshot(), warnings: found.sorted, files: files,
            isOpenAccessMeant: draft.openAccess != nil)
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension ListenOverrides {
    /// The addresses to use, defaults filled in; the error names the command-line option.
    func resolve(
        api written: ListenAddress?, admin writtenAdmin: ListenAddress?
    ) throws(InvalidConfiguration) -> (api: ListenAddress, admin: ListenAddress) {
        let defaults = ListenOptions()
        return (
            try Self.choose(api, or: written, or: defaults.api, option: "--listen"),
            try Self.choose(admin, or: writtenAdmin, or: defaults.admin, option: "--admin")
        )
    }

    private static func choose(
        _ override: String?, or written: ListenAddress?, or standard: String, option: String
    ) throws(InvalidConfiguration) -> ListenAddress {
        if override == nil, let written { return written }
        return try parse(override ?? standard, option: option)
    }

    private static func parse(
        _ text: String, option: String
    ) throws(InvalidConfiguration) -> ListenAddress {
        do throws(ListenAddress.Fault) {
            return try ListenAddress(parsing: text)
        } catch {
            let message = "\(quoted(text)) \(error.message)"
            throw InvalidConfiguration([Diagnostic(file: option, position: nil, message: message)])
        }
    }
}
