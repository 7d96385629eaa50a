// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct ModelFaultTests {
    @Test("models and their targets: every finding with its place", arguments: rows)
    func findings(row: FaultRow) { #expect(row.found == row.expected) }

    static let rows: [FaultRow] = [
        .added(
            #"""
            models: []
            """#,
            #"""
            3:9: 'models' is empty, so nothing could be asked; add a model, or remove 'models' to \#
            serve every provider's own names
            """#),
        .added(
            #"""
            models:
              - { name: fast, targets: [] }
              - { name: fast, targets: [{ provider: opanai }] }
              - { name: x, targets: [{ provider: zzzzz }] }
              - { targets: [{ model: y }] }
              - { name: z }
            """#,
            #"""
            2:13: warning: no model uses the provider 'openai'; add a target, or remove it
            4:28: 'targets' is empty; write [{ provider: openai, model: gpt-4o }]
            5:13: the model 'fast' is configured twice, first at 4:13; rename one of them
            5:41: no provider is called 'opanai'; did you mean 'openai'?
            6:38: no provider is called 'zzzzz'; known are 'openai'
            7:5: a model needs 'name'; add 'name: fast'
            7:17: a target needs 'provider'; add 'provider: openai'
            8:5: a model needs 'targets'; add 'targets: [{ provider: openai, model: gpt-4o }]'
            """#),
        .added(
            #"""
            models:
              - { name: a, strategy: latency, targets: [{ provider: openai, weight: heavy }] }
              - { name: b, strategy: wieghted, targets: [{ provider: openai, weight: "3" }] }
              - { name: c, strategy: random, targets: [{ provider: openai, weight: 0 }, { \#
            provider: openai, model: b, weight: 0 }] }
            """#,
            #"""
            4:26: 'strategy: latency' is not supported by this version; write weighted or priority
            4:73: 'weight' must be a whole number from 0 to 1000000, not 'heavy'
            5:26: 'strategy' must be weighted or priority, not 'wieghted'; did you mean 'weighted'?
            5:74: 'weight' must be a whole number from 0 to 1000000, not '3' in quotes
            6:26: 'strategy' must be weighted or priority, not 'random'
            6:44: every weight of this model is 0; write a weight of 1 or more somewhere
            """#),
        .added(
            #"""
            models:
              - { name: a, targets: [{ provider: openai }], fallback: [b] }
              - { name: b, targets: [{ provider: openai }], fallback: [c] }
              - { name: c, targets: [{ provider: openai }], fallback: [a] }
              - { name: d, targets: [{ provider: openai }], fallback: [d] }
              - { name: e, targets: [{ provider: openai }], fallback: [bb, nothing] }
            """#,
            #"""
            6:60: the fallbacks form a circle: a → b → c → a; remove one of them
            7:60: the fallbacks form a circle: d → d; remove one of them
            8:60: no model is called 'bb'; did you mean 'b'?
            8:64: no model is called 'nothing'; known are 'a', 'b', 'c', 'd', 'e'
            """#),
        .added(
            #"""
            models:
              - { name: "a*b", targets: [{ provider: openai }] }
              - { name: "gpt-*", targets: [{ provider: openai, model: "gpt-*" }] }
              - { name: "x", targets: [{ provider: openai, model: "*" }], fallback: ["gpt-*"] }
              - { name: "y z", targets: [{ provider: openai, model: "ü" }] }
            """#,
            #"""
            4:13: 'a*b' has a '*' before its end; '*' stands for any rest
            5:59: 'gpt-*' mixes a name and '*'; write one model's name, or '*' alone for what the \#
            model's own '*' stands for
            6:55: '*' stands for the rest of a name that ends with '*', and 'x' does not; write a \#
            model's name
            6:74: 'gpt-*' passes the caller's own model name on, which its provider does not \#
            know; write 'model' into each of its targets
            7:13: 'y z' is no model name; write 1 to 256 printable ASCII characters without blanks
            7:57: 'ü' is no model name; write 1 to 256 printable ASCII characters without blanks
            """#),
        .added(
            #"""
            models:
              - { name: a, targets: [{ provider: openai, model: m }, { provider: openai, model: m \#
            }] }
            """#,
            #"""
            4:58: warning: this target is written twice in one model; raise 'weight' instead
            """#),
        .whole(
            #"""
            providers:
              - { name: a, kind: openai }
              - { name: b, kind: openai }
            models:
              - { name: m, targets: [{ provider: b }] }
            """#,
            #"""
            2:13: warning: no model uses the provider 'a'; add a target, or remove it
            """#),
        .added(
            #"""
            models: [{ name: fast, targets: [{ provider: openai }] }]
            keys:
              - { name: a, models: [fsat, "gpt-*", "f*"], hash: \#
            "sha256:b14ee5a7fbe1dd9d41cee4aa6f5e20d63ed43a4d0e6ae2ec9ce1a0d4b3c6d5c5" }
            """#,
            #"""
            5:25: warning: no model matches 'fsat'; did you mean 'fast'?
            5:31: warning: no model matches 'gpt-*'; known are 'fast'
            """#),
    ]
}
