// SPDX-License-Identifier: Apache-2.0
public import Core
public import Crypto

/// A caller's key as configured: its name and what it may use, never the key itself.
public final class ClientKey: Sendable {
    public let name: String
    /// The name as bytes, for records.
    let label: Bytes
    public let digest: SHA256Digest
    /// Model names or prefixes with `*`.
    public let models: [String]
    /// Whether it may use what providers keep; nil: where `models` holds all of a provider.
    public let storedObjects: Bool?
    private let allowsEverything: Bool
    private let exact: [Bytes]
    private let prefixes: [Bytes]

    public init(
        name: String, digest: SHA256Digest, models: [String], storedObjects: Bool? = nil
    ) {
        self.storedObjects = storedObjects
        self.name = name
        label = Bytes(name)
        self.digest = digest
        self.models = models
        allowsEverything = models.contains("*")
        exact = models.filter { !$0.hasSuffix("*") }.map { Bytes($0) }
        prefixes = models.filter { $0.hasSuffix("*") }.map { Bytes($0.dropLast()) }
    }

    /// Whether the key may use a model under the name that the caller wrote.
    public func allows(_ model: Bytes) -> Bool {
        if allowsEverything { return true }
        return exact.contains(model) || prefixes.contains { model.prefix($0.count) == $0 }
    }
}

/// Who may call: configured keys by digest, or anybody.
public struct KeyTable: Sendable {
    /// No key is asked for; only where nobody else can reach the port, or where it was written.
    public var isOpen = true
    public private(set) var keys: [ClientKey] = []
    private var byDigest: [SHA256Digest: Int] = [:]

    public init() {}

    public init(_ keys: [ClientKey]) {
        isOpen = false
        self.keys = keys
        for (index, key) in keys.enumerated() { byDigest[key.digest] = index }
    }

    /// The position of the key with this digest, or nil.
    ///
    /// What is looked up is a digest, so the time of the look-up tells nothing about keys.
    public func find(_ digest: SHA256Digest) -> Int? { byDigest[digest] }
}

/// The operator's access.
public struct AdminOptions: Sendable {
    /// Of the admin key; nil: one is generated and shown once at start.
    public var keyDigest: SHA256Digest?

    public init() {}
}
