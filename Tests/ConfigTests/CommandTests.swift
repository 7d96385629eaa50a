// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Foundation
import Gateway
import Testing

@Suite struct CommandTests {
    /// A folder that lives as long as the test.
    private final class Folder {
        let path: String

        init() throws {
            let url = FileManager.default.temporaryDirectory
                .appendingPathComponent("apus-config-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func check(_ path: String) -> CheckReport {
        ConfigCheck.run(ConfigSource(path: path, surroundings: Surroundings(variables: [:])))
    }

    @Test("check says what is in a file that is fine, after its warnings")
    func fine() throws {
        let folder = try Folder()
        try folder.write("key", "sk-1\n")
        try folder.write(
            "a.yaml",
            """
            providers:
              - { name: a, kind: openai, keys: ["file:key"] }
              - { name: b, kind: ollama, base: "http://box:1" , tls: { insecure: false } }
            """)
        let report = check("\(folder.path)/a.yaml")
        #expect(
            report.lines == [
                "\(folder.path)/a.yaml:3:58: warning: 'tls' has no effect on an http:// base;"
                    + " write https://",
                "\(folder.path)/a.yaml: fine: 2 providers, 10 models, no keys",
            ])
        #expect(report.exitCode == 0)
    }

    @Test("check says what is wrong, and ends with 1")
    func wrong() throws {
        let folder = try Folder()
        try folder.write("a.yaml", "auth: maybe\n")
        let report = check("\(folder.path)/a.yaml")
        #expect(report.lines.count == 2)
        #expect(report.exitCode == 1)
    }

    @Test("files that are missing are among those to watch")
    func missingFiles() {
        let text = "providers: [{ name: a, kind: openai, keys: [\"file:/s/late\"] }]"
        let error = #expect(throws: InvalidConfiguration.self) { try load(text) }
        #expect(error?.files == ["apus.yaml", "/s/late"])
    }

    @Test("files that cannot be read")
    func unreadable() throws {
        let folder = try Folder()
        #expect(
            check("\(folder.path)/nope.yaml").lines == [
                "\(folder.path)/nope.yaml: the file cannot be read: No such file or directory"
            ])
        #expect(
            check(folder.path).lines == [
                "\(folder.path): the file cannot be read: Is a directory"
            ])
        #expect(
            check("/dev/zero").lines == [
                "/dev/zero: the file cannot be read: it is larger than 1MiB"
            ])
        #expect(check("a\0b").lines == ["a\0b: the file cannot be read: its path holds a NUL"])
    }

    @Test("the hash of a key, as sha256sum prints it, whatever line break follows the key")
    func keyHash() throws {
        let expected = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
        for ending in ["", "\n", "\r\n"] {
            #expect(try KeyHash.line(for: Bytes("foo" + ending)) == expected)
        }
        let loaded = try load(minimal + "keys: [{ name: a, hash: \"\(expected)\" }]")
        #expect(loaded.snapshot.keys.find(try KeyHash.digest(of: "foo")) == 0)
        #expect(loaded.snapshot.keys.find(try KeyHash.digest(of: "fop")) == nil)
        #expect(loaded.snapshot.keys.keys[0].allows("anything"))
    }

    @Test("what cannot be a key", arguments: ["", "\n", "a b", "a\tb", "ä", "a\u{0}b", "'a'"])
    func noKey(text: String) {
        #expect(throws: KeyHash.Fault.self) { try KeyHash.line(for: Bytes(text)) }
    }

    @Test("the process's own environment and host")
    func process() {
        let surroundings = Surroundings.ofProcess()
        #expect(surroundings.variable("PATH") != nil)
        #expect(surroundings.variable("APUS_NO_SUCH_VARIABLE") == nil)
        #expect(!surroundings.hostName.isEmpty)
    }

    @Test("addresses of the command line win over the file's, also in its checks")
    func overrides() throws {
        let open = ListenOverrides(api: "0.0.0.0:9000")
        #expect(throws: InvalidConfiguration.self) { try load(minimal, overrides: open) }
        let closed = ListenOverrides(api: "127.0.0.1:9000", admin: "[::1]:0")
        let loaded = try load(minimal + "listen: { api: 0.0.0.0:8080 }", overrides: closed)
        #expect(loaded.snapshot.listen.api == "127.0.0.1:9000")
        #expect(loaded.snapshot.listen.admin == "[::1]:0")
    }
}
