// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Reactor

/// Certificates made for one test run by the openssl command, in a directory of their own.
struct TLSTestAuthority {
    static let shared = TLSTestAuthority()

    let directory: String
    /// What went wrong while making them; tests that need them report it.
    private(set) var failure: String?

    private init() {
        directory = NSTemporaryDirectory() + "apus-tls-" + UUID().uuidString
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            try makeRoot("root")
            try makeRoot("stranger")
            try makeLeaf("site", "DNS:site.test,IP:127.0.0.1,IP:::1")
            try makeLeaf("other", "DNS:other.test,DNS:*.wild.test")
            try makeLeaf("expired", "DNS:site.test", days: -1)
            try makeLeaf("foreign", "DNS:site.test", authority: "stranger")
            try makeLeaf("person", "DNS:person.test")
            try openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", "alone.key", "-out", "alone.pem", "-subj", "/CN=alone", "-days", "2",
                "-addext", "subjectAltName=DNS:site.test",
            ])
            try openssl([
                "ec", "-in", "site.key", "-aes128", "-passout", "pass:word", "-out", "locked.key",
            ])
        } catch {
            failure = "\(error)"
        }
    }

    /// The certificate and key made under this name.
    func identity(_ name: String, names: [String] = []) throws -> TLSIdentity {
        if let failure { throw Failure(text: failure) }
        return try TLSIdentity(
            certificates: .file(path(name + ".pem")), key: .file(path(name + ".key")), names: names)
    }

    func server(
        _ names: [String] = ["site"], _ change: (inout TLSServerContext.Options) -> Void = { _ in }
    ) throws -> TLSServerContext {
        var options = TLSServerContext.Options()
        change(&options)
        return try TLSServerContext(try names.map { try identity($0) }, options: options)
    }

    /// A client that trusts the root and nobody else, unless changed.
    func client(
        _ change: (inout TLSClientContext.Options) -> Void = { _ in }
    ) throws -> TLSClientContext {
        if let failure { throw Failure(text: failure) }
        var options = TLSClientContext.Options()
        options.trust = .authorities(.file(path("root.pem")))
        change(&options)
        return try TLSClientContext(options)
    }

    func path(_ name: String) -> String { directory + "/" + name }

    func text(_ name: String) throws -> Bytes {
        Bytes(try String(contentsOfFile: path(name), encoding: .utf8))
    }

    struct Failure: Error {
        let text: String
    }

    private func makeRoot(_ name: String) throws {
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", name + ".key", "-out", name + ".pem", "-subj", "/CN=" + name, "-days", "2",
        ])
    }

    private func makeLeaf(
        _ name: String, _ names: String, days: Int = 2, authority: String = "root"
    ) throws {
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name, "-addext",
            "subjectAltName=" + names,
        ])
        try openssl([
            "x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey",
            authority + ".key", "-days", "\(days)", "-copy_extensions", "copy", "-out",
            name + ".pem",
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(text: "openssl \(arguments.joined(separator: " ")) failed")
        }
    }
}
