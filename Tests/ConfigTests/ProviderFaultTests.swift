// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct ProviderFaultTests {
    @Test("providers: every finding with its place", arguments: rows)
    func findings(row: FaultRow) { #expect(row.found == row.expected) }

    static let rows: [FaultRow] = [
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, credential_header: api-key }
            """#,
            #"""
            2:49: warning: 'credential_header' has no effect without 'keys'; add them
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, headers: { x-a: "b\t", x-b: "", x-c: "ü \u0085" } }
            """#,
            #"""
            2:46: the value of the header 'x-a' holds a line break or control character, \#
            or blanks at its ends; write one line of text
            """#),
        .whole(
            #"""
            providers: openai
            """#,
            #"""
            1:12: 'providers' must be a list such as [{ name: openai, kind: openai }], not text
            """#),
        .whole(
            #"""
            providers: []
            """#,
            #"""
            1:12: no provider is configured; add 'providers:' with an entry such as { name: \#
            openai, kind: openai, keys: ["${OPENAI_API_KEY}"] }
            """#),
        .whole(
            #"""
            providers:
            """#,
            #"""
            1:11: 'providers' must be a list such as [{ name: openai, kind: openai }], not nothing
            """#),
        .whole(
            #"""
            providers:
              - { nam: openai, kind: openai }
            """#,
            #"""
            2:5: a provider needs 'name'; add 'name: openai'
            2:7: unknown key 'nam' in a provider; did you mean 'name'?
            """#),
        .whole(
            #"""
            providers:
              - openai
            """#,
            #"""
            2:5: a provider must be a mapping with keys such as name, kind, base, not text
            """#),
        .whole(
            #"""
            providers:
              - { name: openai, kind: opnai }
            """#,
            #"""
            2:27: 'kind' must be openai, azure, anthropic, gemini, ollama, cohere, \#
            huggingface, openai-compatible, custom, vllm, mistral, groq, deepseek, xai, \#
            openrouter, together, perplexity, cerebras or fireworks, not 'opnai'; \#
            did you mean 'openai'?
            """#),
        .whole(
            #"""
            providers:
              - { name: openai, kind: bedrock }
            """#,
            #"""
            2:27: 'kind' must be openai, azure, anthropic, gemini, ollama, cohere, \#
            huggingface, openai-compatible, custom, vllm, mistral, groq, deepseek, xai, \#
            openrouter, together, perplexity, cerebras or fireworks, not 'bedrock'
            """#),
        .whole(
            #"""
            providers:
              - { name: x, kind: openai-compatible }
            """#,
            #"""
            2:5: a provider of kind 'openai-compatible' needs 'base'; add 'base: https://HOST/v1'
            """#),
        .whole(
            #"""
            providers:
              - { name: "a/b", kind: openai }
            """#,
            #"""
            2:13: 'a/b' is no name; write 1 to 64 letters, digits, '.', '_' or '-'
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, region: eu }
            """#,
            #"""
            2:30: 'region' in a provider is not supported by this version; remove it
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: api.openai.com/v1 }
            """#,
            #"""
            2:36: 'api.openai.com/v1' does not begin with https:// or http://; write it in front
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "ftp://x" }
            """#,
            #"""
            2:36: 'ftp://x' does not begin with https:// or http://
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https://u:p@x/v1" }
            """#,
            #"""
            2:36: the address holds a user name; put credentials into 'keys' or 'headers'
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https://x:99999/v1" }
            """#,
            #"""
            2:36: 'https://x:99999/v1' has no port from 1 to 65535 after its host
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https://x/v1?k=1" }
            """#,
            #"""
            2:36: the address holds '?' or '#'; write scheme, host and path only
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https:///v1" }
            """#,
            #"""
            2:36: 'https:///v1' has no host
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https://[::zz]/v1" }
            """#,
            #"""
            2:36: 'https://[::zz]/v1' holds brackets without an IPv6 address between them
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https://x y/v1" }
            """#,
            #"""
            2:36: 'https://x y/v1' holds a character that an address cannot have
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "https://exa_mple-.com/v1" }
            """#,
            #"""
            2:36: 'https://exa_mple-.com/v1' has no valid host; write letters, digits, '-' and \#
            '.' (an IPv6 address in brackets)
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: ["${NOPE}"] }
            """#,
            #"""
            2:37: the environment variable NOPE is not set; set it, or write ${NOPE:-default}
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: ["${EMPTY}"] }
            """#,
            #"""
            2:37: the environment variable EMPTY is empty; set it, or write ${EMPTY:-default}
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: ["file:/s/nope"] }
            """#,
            #"""
            2:37: the file '/s/nope' cannot be read: No such file or directory
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: ["file:/s/empty", "file:", "${", "${1A}", "${A-b}"] }
            """#,
            #"""
            2:37: the file '/s/empty' is empty; write the value into it
            2:54: 'file:' has no path; write file:/run/secrets/NAME
            2:63: '${' has no '}' after it; write ${NAME}, or $${ for '${'
            2:69: '${1A}' names no environment variable; write ${NAME} or ${NAME:-default}
            2:78: '${A-b}' names no environment variable; write ${NAME} or ${NAME:-default}
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: ["Bearer abc", "${MULTI}", "“abc”", "file:/s/cr", \#
            ""] }
            """#,
            #"""
            2:37: a key of a provider must be visible ASCII characters without blanks and quotes; \#
            write the key alone, without 'Bearer'
            2:51: a key of a provider must be visible ASCII characters without blanks and quotes; \#
            write the key alone, without 'Bearer'
            2:63: a key of a provider must be visible ASCII characters without blanks and quotes; \#
            write the key alone, without 'Bearer'
            2:72: a key of a provider must be visible ASCII characters without blanks and quotes; \#
            write the key alone, without 'Bearer'
            2:86: a key of a provider must be visible ASCII characters without blanks and quotes; \#
            write the key alone, without 'Bearer'
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: abc }
            """#,
            #"""
            2:36: 'keys' must be a list such as ["${OPENAI_API_KEY}"], not text
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: [{a: b}, [c], ] }
            """#,
            #"""
            2:37: 'keys' must be a list of text such as ${OPENAI_API_KEY}, not a mapping
            2:45: 'keys' must be a list of text such as ${OPENAI_API_KEY}, not a list
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, headers: { host: x, "a b": c, X-A: 1, x-a: 2, x-b: \#
            "a\nb", x-c: "${NOPE}" } }
            """#,
            #"""
            2:41: the header 'host' is written by the gateway; remove it
            2:50: 'a b' is no header name; write letters, digits and '-'
            2:68: the header 'x-a' is written twice; keep one of them
            2:81: the value of the header 'x-b' holds a line break or control character, or \#
            blanks at its ends; write one line of text
            2:94: the environment variable NOPE is not set; set it, or write ${NOPE:-default}
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, keys: [k], headers: { Authorization: "Bearer x" } }
            """#,
            #"""
            2:52: the header 'Authorization' carries the key already; write it in 'keys' or here, \#
            not in both
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, credential_header: "x y", keys: [] }
            """#,
            #"""
            2:49: 'credential_header' must be a header's name such as x-api-key, not 'x y'
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, tls: { insecure: yes, ca: ca.pem } }
            """#,
            #"""
            2:47: 'insecure' must be true or false, not 'yes'
            2:56: the file 'ca.pem' holds no PEM block '-----BEGIN CERTIFICATE-----'
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, tls: { insecure: true } }
            """#,
            #"""
            2:47: warning: 'insecure: true' accepts any certificate; write 'ca: FILE' instead
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "http://10.0.0.1/v1", keys: [k], tls: { ca: \#
            nope.pem } }
            """#,
            #"""
            2:36: warning: keys travel unencrypted to another machine; write https://
            2:74: warning: 'tls' has no effect on an http:// base; write https://
            2:80: the file 'nope.pem' cannot be read: No such file or directory
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, pool: { max_conections: 3, max_idle: 1e3, idle_timeout: \#
            55, max_waiting: -1 } }
            """#,
            #"""
            2:38: unknown key 'max_conections' in a provider's 'pool'; did you mean \#
            'max_connections'?
            2:67: 'max_idle' must be a whole number from 0 to 1000000, not '1e3'
            2:86: 'idle_timeout' must be a duration from 100ms to 1h, such as 500ms, 5s, 10m or \#
            1h, not '55'
            2:103: 'max_waiting' must be a whole number from 0 to 1000000, not '-1'
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, pool: { max_connections: 3, max_idle: 4 } }
            """#,
            #"""
            2:68: 'max_idle' must not be above 'max_connections' (3)
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai }
              - { name: a, kind: openai }
            """#,
            #"""
            3:13: the provider 'a' is configured twice, first at 2:13; rename one of them
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai, base: "http://localhost:8080/v1" }
            """#,
            #"""
            2:36: this is the address that 'listen.api' answers on, so requests would go round in \#
            a circle; write the provider's own address
            """#),
    ]
}
