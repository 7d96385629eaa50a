// SPDX-License-Identifier: Apache-2.0
import Core
import Testing
import Upstreams

@Suite struct UpstreamTests {
    @Test(
        "the host field names the port only when it is not the scheme's own",
        arguments: [
            (Origin(scheme: .https, host: "api.test", port: 443), "api.test"),
            (Origin(scheme: .https, host: "api.test", port: 80), "api.test:80"),
            (Origin(scheme: .http, host: "api.test", port: 80), "api.test"),
            (Origin(scheme: .http, host: "127.0.0.1", port: 11434), "127.0.0.1:11434"),
            (Origin(scheme: .https, host: "::1", port: 443), "[::1]"),
            (Origin(scheme: .http, host: "fd00::2", port: 8080), "[fd00::2]:8080"),
        ])
    func authority(origin: Origin, text: String) {
        #expect(origin.authority == Bytes(text))
    }

    @Test("a target names its own model, or the caller's without the stripped prefix")
    func models() {
        let fixed = Target(upstream: 0, model: "large", strippedPrefix: 7)
        #expect(fixed.model(asked: "openai/gpt-4o") == "large")
        let passing = Target(upstream: 0, model: nil, strippedPrefix: 7)
        #expect(passing.model(asked: "openai/gpt-4o") == "gpt-4o")
        #expect(passing.model(asked: "gpt") == "")
        #expect(Target(upstream: 0, model: nil).model(asked: "gpt-4o") == "gpt-4o")
    }

    @Test("an upstream's credential goes where its vendor expects it")
    func credentials() {
        for kind in UpstreamKind.allCases {
            let origin = Origin(scheme: .https, host: "a.test", port: 443)
            let upstream = Upstream(name: "a", kind: kind, origin: origin, basePath: "/v1")
            #expect(upstream.credentialField == kind.credentialField)
            #expect(upstream.credentials.isEmpty)
        }
    }
}
