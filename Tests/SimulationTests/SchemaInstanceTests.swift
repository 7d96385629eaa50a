// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Simulation

@Suite struct SchemaInstanceTests {
    @Test(
        "the smallest instance",
        arguments: [
            (#"{"type":"string"}"#, #""simulated value""#),
            (#"{"type":"string","minLength":18}"#, #""simulated value...""#),
            (#"{"type":"string","maxLength":4}"#, #""simu""#),
            (#"{"type":"string","format":"date"}"#, #""2026-01-02""#),
            (#"{"enum":["b","a"]}"#, #""b""#), (#"{"const":{"x":[1]}}"#, #"{"x":[1]}"#),
            (#"{"type":"integer","exclusiveMinimum":4,"multipleOf":3}"#, "6"),
            (#"{"type":"integer","maximum":-7}"#, "-7"),
            (#"{"type":"number","exclusiveMaximum":1}"#, "0.5"),
            (#"{"type":"boolean"}"#, "true"), (#"{"type":"null"}"#, "null"),
            (#"{"type":["null","integer"]}"#, "1"),
            (#"{"type":"array","items":{"type":"boolean"},"minItems":2}"#, "[true,true]"),
            (#"{"type":"array","items":{"type":"boolean"},"maxItems":0}"#, "[]"),
            (#"{"anyOf":[{"type":"null"},{"type":"integer"}]}"#, "1"),
            (
                #"{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"]}"#,
                #"{"a":1}"#
            ),
            (#"{"properties":{"a":{"type":"integer"}}}"#, #"{"a":1}"#),
            (
                ##"{"$defs":{"n":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/n"}}}"##,
                #"{"a":1}"#
            ),
            (
                #"{"allOf":[{"properties":{"a":{"const":1}}},{"properties":{"b":{"const":2}}}]}"#,
                #"{"a":1,"b":2}"#
            ),
        ])
    func instance(schema: String, expected: String) throws {
        let tree = try JSONTree(Bytes(schema))
        #expect(SchemaInstance.text(of: tree).string == expected)
    }

    @Test("a schema of itself ends")
    func recursion() throws {
        let optional = try JSONTree(
            Bytes(
                ##"{"type":"object","properties":{"next":{"$ref":"#"},"v":{"const":1}}}"##))
        #expect(SchemaInstance.text(of: optional).string.hasSuffix("}"))
        let required = try JSONTree(
            Bytes(
                ##"{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}"##))
        #expect(SchemaInstance.text(of: required).string.contains("null"))
        let loop = try JSONTree(
            Bytes(
                ##"{"$ref":"#"}"##))
        #expect(!SchemaInstance.text(of: loop).isEmpty)
    }
}
