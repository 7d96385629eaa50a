// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct SettingFaultTests {
    @Test(
        "addresses, numbers, durations, sizes and names: every finding with its place",
        arguments: rows)
    func findings(row: FaultRow) { #expect(row.found == row.expected) }

    static let rows: [FaultRow] = [
        .added(
            #"""
            prices:
              - model: m
                input: 1
                tiers:
                  - { above_input: 0, input: 2 }
                  - { above_input: 10, output: 2 }
                  - { above_input: 20, input: 2 }
                  - { above_input: 20, input: 3, model: x }
            """#,
            #"""
            7:24: 'above_input' must be a whole number from 1 to 1000000000, not '0'
            8:9: a price's tier needs 'input'; add 'input: 2.50'
            10:24: two tiers begin above 20; keep one of them
            10:38: unknown key 'model' in a price's tier; known keys are above_input, input, \#
            output, cached_input, cache_write, cache_write_1h, reasoning, audio_input, \#
            audio_output, batch_input, batch_output
            """#),
        .added(
            #"""
            prices:
              - { model: m, input: -1, output: "2" }
              - { model: "a*b", input: 1e3 }
              - { provider: nobody, model: m }
            """#,
            #"""
            4:24: 'input' must be US dollars for a million tokens, such as 2.50, not '-1'
            4:36: 'output' must be US dollars for a million tokens, such as 2.50, not '2' in quotes
            5:14: 'model' must be a model's name, or the beginning of names with '*' at its end, \#
            not 'a*b'
            5:28: 'input' must be US dollars for a million tokens, such as 2.50, not '1e3'
            6:5: a price needs 'input'; add 'input: 2.50'
            6:17: no provider is called 'nobody'
            """#),
        .added(
            #"""
            stored_objects: { openai: opena, anthropic: openai, gemini: "off", cohere: x }
            request_limits: { upload: 1 }
            """#,
            #"""
            3:27: no provider is called 'opena'; did you mean 'openai'?
            3:45: the provider 'openai' is of kind 'openai' and keeps no objects as \#
            'anthropic' does; write another one, or off
            3:68: unknown key 'cohere' in 'stored_objects'; known keys are openai, anthropic, gemini
            4:27: 'upload' must be a size from 1KiB to 64GiB, such as 64KB or 32MiB, not '1'
            """#),
        .added(
            #"""
            fetch:
              allow: ["https://h.test/a/", images.test, "http://u:p@h.test/"]
              networks: [10.0.0.1/8, 10.0.0.0/8]
              max_images: 0
            """#,
            #"""
            4:32: 'allow' must be an address such as https://images.example.com/folder/ or \#
            https://*.example.com/, without user name and '?', not 'images.test'
            4:45: 'allow' must be an address such as https://images.example.com/folder/ or \#
            https://*.example.com/, without user name and '?', not the address
            5:14: 'networks' must be a network such as 10.0.0.0/8 or fd00::/8, not '10.0.0.1/8'
            6:15: 'max_images' must be a whole number from 1 to 64, not '0'
            """#),
        .added(
            #"""
            fetch: {}
            """#,
            #"""
            3:8: 'fetch' needs 'allow'; add 'allow: ["https://images.example.com/"]'
            """#),
        .added(
            #"""
            listen: { api: 0.0.0.0:8080 }
            """#,
            #"""
            3:16: whoever reaches 0.0.0.0:8080 could use the providers without a key; add 'keys' \#
            ('apus keys hash' prints a key's hash), or write 'auth: none' if that is meant
            """#),
        .added(
            #"""
            listen: { api: ":8080", admin: "8081" }
            """#,
            #"""
            3:16: ':8080' has no address; write 0.0.0.0:8080 for every network interface, or \#
            127.0.0.1:8080 for this machine only
            3:32: '8081' has no port; write HOST:PORT, for example 127.0.0.1:8080
            """#),
        .added(
            #"""
            listen: { api: "example.com:80", admin: "127.0.0.1:http" }
            """#,
            #"""
            3:16: 'example.com:80' does not begin with an IP address; write 0.0.0.0:80, \#
            127.0.0.1:80 or [::1]:80
            3:41: '127.0.0.1:http' has no port from 0 to 65535 after its last colon
            """#),
        .added(
            #"""
            listen: { api: "127.0.0.1:9", admin: "localhost:9" }
            """#,
            #"""
            3:38: 'api' and 'admin' both listen on 127.0.0.1:9; give them different ports
            """#),
        .added(
            #"""
            listen: { tls: { certificate: nope.pem } }
            """#,
            #"""
            3:16: 'listen.tls' needs 'key'; add 'key: /etc/apus/tls.key'
            3:31: the file 'nope.pem' cannot be read: No such file or directory
            """#),
        .added(
            #"""
            request_limits: { head: 1, body: 5TB, fields: ten, answer: [1], connections: 0 }
            """#,
            #"""
            3:25: 'head' must be a size from 1KiB to 1MiB, such as 64KB or 32MiB, not '1'
            3:34: 'body' must be a size from 1KiB to 1GiB, such as 64KB or 32MiB, not '5TB'
            3:47: 'fields' must be a whole number from 8 to 1000, not 'ten'
            3:60: 'answer' must be a size from 1KiB to 1GiB, such as 64KB or 32MiB, not a list
            3:78: 'connections' must be a whole number from 1 to 1000000, not '0'
            """#),
        .added(
            #"""
            timeouts: { connect: 30, total: 10s, first_token: 20s, drain: never, client_idle: \#
            -5s, client_write: 1d }
            """#,
            #"""
            3:22: 'connect' must be a duration from 1ms to 24h, such as 500ms, 5s, 10m or 1h, not \#
            '30'
            3:51: warning: 'first_token' is longer than 'total' (10s) and never takes effect; \#
            lower it, or raise 'total'
            3:63: 'drain' must be a duration from 0s to 24h, such as 500ms, 5s, 10m or 1h, not \#
            'never'
            3:83: 'client_idle' must be a duration from 1ms to 24h, such as 500ms, 5s, 10m or 1h, \#
            not '-5s'
            3:102: 'client_write' must be a duration from 1ms to 24h, such as 500ms, 5s, 10m or \#
            1h, not '1d'
            """#),
        .added(
            #"""
            attempts: { max: 0 }
            """#,
            #"""
            3:18: 'max' must be a whole number from 1 to 16, not '0'
            """#),
        .added(
            #"""
            attempts:
              max:
              maxx: 5
            """#,
            #"""
            4:7: 'max' must be a whole number from 1 to 16, not nothing
            5:3: unknown key 'maxx' in 'attempts'; did you mean 'max'?
            """#),
        .added(
            #"""
            node: { name: "a b", region: "x\ty", zone: [1] }
            """#,
            #"""
            3:15: 'a b' is no name; write 1 to 64 letters, digits, '.', '_' or '-'
            3:30: 'x�y' is no name; write 1 to 64 letters, digits, '.', '_' or '-'
            3:44: 'zone' must be a name, not a list
            """#),
        .added(
            #"""
            access_log: [x]
            """#,
            #"""
            3:13: 'access_log' must be stdout, off or a path, not a list
            """#),
        .added(
            #"""
            access_log: "${LOG}"
            """#,
            #"""
            3:13: the environment variable LOG is not set; set it, or write ${LOG:-default}
            """#),
    ]
}
