// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct DocumentFaultTests {
    @Test(
        "what is no YAML, or not the mapping we want: every finding with its place", arguments: rows
    )
    func findings(row: FaultRow) { #expect(row.found == row.expected) }

    static let rows: [FaultRow] = [
        .whole(
            #"""

            """#,
            #"""
            1:1: no provider is configured; add 'providers:' with an entry such as { name: \#
            openai, kind: openai, keys: ["${OPENAI_API_KEY}"] }
            """#),
        .whole(
            #"""
            # only a comment
            """#,
            #"""
            1:1: no provider is configured; add 'providers:' with an entry such as { name: \#
            openai, kind: openai, keys: ["${OPENAI_API_KEY}"] }
            """#),
        .added(
            #"""
            timeuots: { total: 5s }
            """#,
            #"""
            3:1: unknown key 'timeuots' in the configuration; did you mean 'timeouts'?
            """#),
        .added(
            #"""
            zzzz: 1
            """#,
            #"""
            3:1: unknown key 'zzzz' in the configuration; known keys are listen, node, admin, \#
            cluster, providers, models, keys, auth, stored_objects, \#
            fetch, request_limits, timeouts, attempts, \#
            access_log, prices
            """#),
        .added(
            #"""
            redis: { url: x }
            limits: []
            cache: {}
            """#,
            #"""
            3:1: 'redis' in the configuration is not supported by this version; remove it
            4:1: 'limits' in the configuration is not supported by this version; remove it
            5:1: 'cache' in the configuration is not supported by this version; remove it
            """#),
        .whole(
            #"""
            - a
            """#,
            #"""
            1:1: the configuration must be a mapping with keys such as listen, node, admin, not a \#
            list
            """#),
        .whole(
            #"""
            just text
            """#,
            #"""
            1:1: the configuration must be a mapping with keys such as listen, node, admin, not text
            """#),
        .whole(
            #"""
            a: b: c
            """#,
            #"""
            1:5: not YAML: mapping values are not allowed in this context; look for indentation, \#
            quotes or a colon missing before it
            """#),
        .added(
            #"""
              bad: indent
            """#,
            #"""
            3:3: not YAML: did not find expected '-' indicator while parsing a block collection \#
            that begins at 2:3; look for indentation, quotes or a colon missing before it
            """#),
        .added(
            #"""
            \#ttab: 1
            """#,
            #"""
            3:1: not YAML: a tab cannot indent; write spaces
            """#),
        .added(
            #"""
            x: "unclosed
            """#,
            #"""
            3:13: not YAML: found unexpected end of stream while scanning a quoted scalar that \#
            begins at 3:4; look for indentation, quotes or a colon missing before it
            """#),
        .added(
            #"""
            x: [1, 2
            """#,
            #"""
            3:9: not YAML: did not find expected ',' or ']' while parsing a flow sequence that \#
            begins at 3:4; look for indentation, quotes or a colon missing before it
            """#),
        .added(
            #"""
            x: &a 1
            y: *a
            """#,
            #"""
            3:1: unknown key 'x' in the configuration; known keys are listen, node, admin, \#
            cluster, providers, models, keys, auth, stored_objects, \#
            fetch, request_limits, timeouts, attempts, \#
            access_log, prices
            3:4: an anchor '&…' is not supported; write the value without it
            4:1: unknown key 'y' in the configuration; known keys are listen, node, admin, \#
            cluster, providers, models, keys, auth, stored_objects, \#
            fetch, request_limits, timeouts, attempts, \#
            access_log, prices
            4:4: an alias '*…' is not supported; write the value itself
            """#),
        .added(
            #"""
            x: !!str 1
            """#,
            #"""
            3:1: unknown key 'x' in the configuration; known keys are listen, node, admin, \#
            cluster, providers, models, keys, auth, stored_objects, \#
            fetch, request_limits, timeouts, attempts, \#
            access_log, prices
            3:4: a tag '!…' is not supported; write the value without it
            """#),
        .added(
            #"""
            node: {}
            node: {}
            """#,
            #"""
            4:1: 'node' is written twice, first at 3:1; keep one of them
            """#),
        .added(
            #"""
            ? [a]
            : b
            """#,
            #"""
            3:3: a key must be text, not a list
            """#),
        .added(
            #"""
            ---
            a: b
            """#,
            #"""
            3:1: a second document begins here; keep one configuration in one file
            """#),
        .added(
            #"""
            <<: {a: b}
            """#,
            #"""
            3:1: unknown key '<<' in the configuration; known keys are listen, node, admin, \#
            cluster, providers, models, keys, auth, stored_objects, \#
            fetch, request_limits, timeouts, attempts, \#
            access_log, prices
            """#),
        .added(
            #"""
            node: *nope
            """#,
            #"""
            3:7: an alias '*…' is not supported; write the value itself
            """#),
        .added(
            #"""
            : x
            """#,
            #"""
            3:1: not YAML: did not find expected key while parsing a block mapping that begins at \#
            1:1; look for indentation, quotes or a colon missing before it
            """#),
    ]
}
