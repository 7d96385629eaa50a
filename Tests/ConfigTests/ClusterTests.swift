// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Gateway
import Reactor
import Testing

/// 32 bytes each, as hexadecimal and as base64.
private let oldKey = String(repeating: "0a", count: 32)
private let newKey = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

@Suite struct ClusterTests {
    @Test("without the section there is no cluster and no address for it")
    func none() throws {
        let snapshot = try load(minimal).snapshot
        #expect(snapshot.cluster == nil)
        #expect(snapshot.listen.cluster == nil)
    }

    @Test("seeds, keys, name and addresses")
    func whole() throws {
        let text = """
            listen: { cluster: "127.0.0.1:0" }
            cluster:
              join: ["dns:apus-headless:7946", "10.0.0.7:1", "[::1]:2"]
              keys: ["file:/s/cluster", "\(oldKey)"]
              name: blue
              advertise: "10.1.2.3:7000"
            """
        let loaded = try load(minimal + text, files: ["/s/cluster": newKey + "\n"])
        let cluster = try #require(loaded.snapshot.cluster)
        #expect(cluster.join.map(\.description) == ["apus-headless:7946", "10.0.0.7:1", "[::1]:2"])
        #expect(cluster.keys.map { $0.reveal().count } == [32, 32])
        #expect(cluster.keys[1].reveal()[31] == 10)
        #expect(cluster.name == "blue")
        #expect(cluster.advertise == "10.1.2.3:7000")
        #expect(loaded.snapshot.listen.cluster == "127.0.0.1:0")
        #expect(loaded.files == ["apus.yaml", "/s/cluster"])
    }

    @Test("the default address; seeds may be left out by the first node")
    func defaults() throws {
        let loaded = try load(minimal + "cluster: { keys: [\"\(oldKey)\"] }")
        #expect(loaded.snapshot.listen.cluster == "0.0.0.0:7946")
        #expect(loaded.snapshot.cluster?.join == [])
    }

    @Test("a reload takes seeds and keys; everything else waits for a restart")
    func reload() throws {
        var machine = ReloadMachine(
            try load(minimal + "cluster: { keys: [\"\(oldKey)\"], join: [\"a:1\"] }").snapshot)
        let next = try load(
            minimal + """
                listen: { cluster: "127.0.0.1:1" }
                cluster: { keys: ["\(newKey)"], join: ["b:1"], name: x }
                """)
        guard case .replaced(let snapshot, _, let notes) = machine.onLoaded(.success(next)) else {
            Issue.record("a good file was not used")
            return
        }
        #expect(snapshot.cluster?.join.map(\.host) == ["b"])
        #expect(snapshot.cluster?.keys == next.snapshot.cluster?.keys)
        #expect(snapshot.cluster?.name == "apus")
        #expect(snapshot.listen.cluster == "0.0.0.0:7946")
        #expect(notes.map(\.key) == ["listen.cluster", "cluster.name"])
    }

    @Test("every finding with its place", arguments: rows)
    func findings(row: FaultRow) { #expect(row.found == row.expected) }

    private static let expectedKey =
        "a key of the cluster must be 32 bytes in hexadecimal or base64, which this is not; make"
        + " one with 'openssl rand -hex 32'"

    static let rows: [FaultRow] = [
        .added(
            "listen: { cluster: \"0.0.0.0:7946\" }",
            #"""
            3:20: 'listen.cluster' needs the section 'cluster' with its 'keys'; add it, or remove \#
            this address
            """#),
        .added(
            "cluster: { join: [] }",
            #"""
            3:10: 'cluster' needs 'keys'; add 'keys: ["file:/run/secrets/cluster-key"]'
            """#),
        .added(
            "cluster: { keys: [] }",
            #"""
            3:18: 'keys' is empty, so anybody could join; make a key with 'openssl rand -hex 32'
            """#),
        .added(
            "cluster: { keys: [abc, \"${KEY}\", \"\(oldKey)0\"] }",
            """
            3:19: \(expectedKey)
            3:24: \(expectedKey)
            3:34: \(expectedKey)
            """),
        .added(
            "cluster: { keys: [\"\(oldKey)\", \"\(oldKey)\"] }",
            "3:87: this key is the same as that at 3:19; remove one of them"),
        .added(
            "cluster: { keys: [\"\(oldKey)\"], join: [nowhere, \"dns:10.0.0.1:7\", \"a:0\"] }",
            #"""
            3:95: 'nowhere' is no place to find other nodes; write HOST:PORT or dns:NAME:PORT, \#
            for example dns:apus-headless:7946
            3:104: 'dns:10.0.0.1:7' asks for the look-up of an address; write '10.0.0.1:7'
            3:122: 'a:0' is no place to find other nodes; write HOST:PORT or dns:NAME:PORT, for \#
            example dns:apus-headless:7946
            """#),
        .added(
            """
            listen: { cluster: "127.0.0.1:8081" }
            cluster: { keys: ["\(oldKey)"], advertise: "0.0.0.0:7946", nmae: x }
            """,
            #"""
            3:20: 'admin' and 'cluster' both listen on 127.0.0.1:8081; give them different ports
            4:99: no other node can send to 0.0.0.0:7946; write the address they reach, such as \#
            ${POD_IP}:7946
            4:115: unknown key 'nmae' in 'cluster'; did you mean 'name'?
            """#),
    ]
}
