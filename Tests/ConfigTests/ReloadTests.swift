// SPDX-License-Identifier: Apache-2.0
import Config
import Gateway
import Testing

@Suite struct ReloadTests {
    private let keys = """
        keys:
          - name: dev
            hash: sha256:b14ee5a7fbe1dd9d41cee4aa6f5e20d63ed43a4d0e6ae2ec9ce1a0d4b3c6d5c5

        """

    @Test("a good file replaces, a bad one keeps the last good")
    func lastGood() throws {
        var machine = ReloadMachine(try load(minimal).snapshot)
        #expect(machine.current.generation == 1)
        let bad: Result<LoadedConfiguration, InvalidConfiguration> = .failure(
            InvalidConfiguration([Diagnostic(file: "f", position: nil, message: "m")]))
        guard case .kept(let findings) = machine.onLoaded(bad) else {
            Issue.record("a bad file was used")
            return
        }
        #expect(findings.map(\.description) == ["f: m"])
        #expect(machine.current.generation == 1)
        let good = try load(minimal + "attempts: { max: 7 }")
        guard
            case .replaced(let snapshot, let warnings, let notes) = machine.onLoaded(.success(good))
        else {
            Issue.record("a good file was not used")
            return
        }
        #expect(snapshot.generation == 2)
        #expect(snapshot.attempts.maximum == 7)
        #expect(machine.current.attempts.maximum == 7)
        #expect(warnings == [])
        #expect(notes == [])
    }

    @Test("what needs a restart stays as it is, and is said")
    func restart() throws {
        var machine = ReloadMachine(try load(minimal).snapshot)
        let pem = ["c": "-----BEGIN CERTIFICATE-----", "k": "-----BEGIN PRIVATE KEY-----"]
        let next = try load(
            minimal + """
                listen:
                  { api: "127.0.0.1:1", admin: "127.0.0.1:2", tls: { certificate: c, key: k } }
                node: { name: n, region: r }
                access_log: off
                attempts: { max: 2 }
                """, files: pem)
        guard case .replaced(let snapshot, _, let notes) = machine.onLoaded(.success(next)) else {
            Issue.record("a good file was not used")
            return
        }
        #expect(
            notes.map(\.description) == [
                "'listen.api' is 127.0.0.1:8080 until a restart, then 127.0.0.1:1",
                "'listen.admin' is 127.0.0.1:8081 until a restart, then 127.0.0.1:2",
                "'listen.tls' is off until a restart, then on",
                "'node.name' is host-7 until a restart, then n",
                "'node.region' is '' until a restart, then 'r'",
                "'access_log' is stdout until a restart, then off",
            ])
        #expect(snapshot.listen == ListenOptions())
        #expect(snapshot.node.name == "host-7")
        #expect(snapshot.accessLog == .standardOutput)
        #expect(snapshot.attempts.maximum == 2)
    }

    @Test("a renewed certificate needs no restart")
    func certificate() throws {
        let pem = ["c": "-----BEGIN CERTIFICATE-----", "k": "-----BEGIN EC PRIVATE KEY-----"]
        let files = pem.merging(["d": pem["c"] ?? ""]) { old, _ in old }
        let first = try load(
            minimal + "listen: { tls: { certificate: c, key: k } }", files: files)
        let second = try load(
            minimal + "listen: { tls: { certificate: d, key: k } }", files: files)
        #expect(first.files == ["apus.yaml", "c", "k"])
        var machine = ReloadMachine(first.snapshot)
        guard case .replaced(let snapshot, _, let notes) = machine.onLoaded(.success(second)) else {
            Issue.record("a good file was not used")
            return
        }
        #expect(notes == [])
        #expect(snapshot.listen.tls?.certificateFile == "d")
    }

    @Test("a port that stays open to the network does not lose its keys")
    func openPort() throws {
        let open = "listen: { api: 0.0.0.0:8080 }\n"
        var machine = ReloadMachine(try load(minimal + open + keys).snapshot)
        guard case .kept(let findings) = machine.onLoaded(.success(try load(minimal))) else {
            Issue.record("the open port lost its keys")
            return
        }
        #expect(
            findings.map(\.description) == [
                "apus.yaml: the node listens on 0.0.0.0:8080 until it is restarted, and would do so"
                    + " without keys; keep 'keys' and restart, or write 'auth: none' if that is"
                    + " meant"
            ])
        #expect(!machine.current.keys.isOpen)
        let meant = try load(minimal + "auth: none")
        guard case .replaced(let snapshot, _, _) = machine.onLoaded(.success(meant)) else {
            Issue.record("'auth: none' was not followed")
            return
        }
        #expect(snapshot.keys.isOpen)
    }
}
