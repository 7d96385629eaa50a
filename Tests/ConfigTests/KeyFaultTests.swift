// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct KeyFaultTests {
    @Test("keys and access: every finding with its place", arguments: rows)
    func findings(row: FaultRow) { #expect(row.found == row.expected) }

    static let rows: [FaultRow] = [
        .added(
            #"""
            keys:
              - { name: dev, hash: sk-123456 }
              - { name: dev, hash: "sha256:abc" }
              - { name: c, hash: \#
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
              - { name: d, hash: \#
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
              - { name: e, hash: \#
            "sha256:B14EE5A7FBE1DD9D41CEE4AA6F5E20D63ED43A4D0E6AE2EC9CE1A0D4B3C6D5C5" }
              - { hash: 5 }
              - { name: f, models: [] }
            """#,
            #"""
            4:24: this looks like a key itself, not its hash; run 'apus keys hash' and write what \#
            it prints
            5:13: the key 'dev' is configured twice, first at 4:13; rename one of them
            5:24: a hash has 64 hexadecimal digits in lower case after 'sha256:'; run 'apus keys \#
            hash' and write what it prints
            6:22: a hash begins with its kind; write "sha256:" before it
            7:22: this is the hash of an empty key; run 'apus keys hash' and write what it prints
            8:22: a hash has 64 hexadecimal digits in lower case after 'sha256:'; run 'apus keys \#
            hash' and write what it prints
            9:5: a key needs 'name'; add 'name: dev'
            9:13: this looks like a key itself, not its hash; run 'apus keys hash' and write what \#
            it prints
            10:5: a key needs 'hash'; add 'hash: "sha256:…"'
            10:24: 'models' is empty, so the key could do nothing; write ["*"]
            """#),
        .added(
            #"""
            admin: { hash: \#
            "sha256:b14ee5a7fbe1dd9d41cee4aa6f5e20d63ed43a4d0e6ae2ec9ce1a0d4b3c6d5c5" }
            keys:
              - { name: a, hash: \#
            "sha256:b14ee5a7fbe1dd9d41cee4aa6f5e20d63ed43a4d0e6ae2ec9ce1a0d4b3c6d5c5" }
              - { name: b, hash: \#
            "sha256:b14ee5a7fbe1dd9d41cee4aa6f5e20d63ed43a4d0e6ae2ec9ce1a0d4b3c6d5c5" }
            auth: none
            """#,
            #"""
            5:22: the admin key has the same hash; give callers another key
            6:22: the key 'a' has the same hash; give each caller its own key
            6:22: the admin key has the same hash; give callers another key
            7:7: 'auth: none' lets everybody in although keys are configured; remove 'auth' or \#
            'keys'
            """#),
        .added(
            #"""
            auth: maybe
            """#,
            #"""
            3:7: 'auth' must be none, not 'maybe'
            """#),
        .added(
            #"""
            listen: { api: 0.0.0.0:8080 }
            keys: []
            """#,
            #"""
            4:7: whoever reaches 0.0.0.0:8080 could use the providers without a key; add 'keys' \#
            ('apus keys hash' prints a key's hash), or write 'auth: none' if that is meant
            """#),
        .added(
            #"""
            admin: { hash: "${KEY}" }
            """#,
            #"""
            3:16: this looks like a key itself, not its hash; run 'apus keys hash' and write what \#
            it prints
            """#),
    ]
}
