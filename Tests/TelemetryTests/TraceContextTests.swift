// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Telemetry

@Suite struct TraceContextTests {
    static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func text(_ context: TraceContext) -> String {
        var writer = ByteWriter()
        context.append(to: &writer)
        return writer.finish().string
    }

    @Test("a valid field is read and written again")
    func roundTrip() throws {
        let context = try #require(TraceContext(traceparent: Bytes(Self.good)))
        #expect(text(context) == Self.good)
        #expect(context.isSampled)
    }

    @Test(
        "an invalid field is refused",
        arguments: [
            "", "00", String(good.dropLast()), good + "0", good + "-00",
            good.uppercased(), good.replacing("00-0a", with: "ff-0a"),
            good.replacing("-", with: "_"), good.replacing("0af7", with: "0ag7"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
        ])
    func invalid(field: String) {
        #expect(TraceContext(traceparent: Bytes(field)) == nil)
    }

    @Test("a later version is read as far as it is known, and passed on as version 00")
    func laterVersion() throws {
        let field = "cc" + Self.good.dropFirst(2).dropLast(2) + "0f-what-the-future-brings"
        let context = try #require(TraceContext(traceparent: Bytes(field)))
        #expect(text(context) == String(Self.good.dropLast(2)) + "03")
    }

    @Test("a child keeps the trace and its state, and has a span of its own")
    func child() throws {
        var random = SeededGenerator(seed: 1)
        let parent = try #require(
            TraceContext(traceparent: Bytes(Self.good), tracestate: "vendor=1"))
        let child = parent.child(random: &random)
        #expect(child.traceHigh == parent.traceHigh && child.traceLow == parent.traceLow)
        #expect(child.span != parent.span)
        #expect(child.state == parent.state)
        #expect(child.flags == parent.flags)
    }

    @Test("a state that is too long or not printable is dropped")
    func state() {
        let long = Bytes(String(repeating: "a", count: 513))
        for state in [long, Bytes([0x61, 0x0A]), Bytes()] {
            let context = TraceContext(traceparent: Bytes(Self.good), tracestate: state)
            #expect(context != nil && context?.state == nil)
        }
    }

    @Test("a trace of our own is valid")
    func root() {
        var random = SeededGenerator(seed: 2)
        let root = TraceContext.root(random: &random, isSampled: true)
        #expect(TraceContext(traceparent: Bytes(text(root))) == root)
    }
}

@Suite struct RequestIDTests {
    @Test(
        "a sane name of the caller is kept",
        arguments: ["a", "req_01H.x:y-Z", String(repeating: "a", count: 128)])
    func kept(name: String) {
        var random = SeededGenerator(seed: 1)
        #expect(RequestID.accept(Bytes(name), random: &random).string == name)
    }

    @Test(
        "any other is replaced by a new one",
        arguments: [
            "", " a", "a b", "a\r\nx: y", "ä", "a\"", "a/b", String(repeating: "a", count: 129),
        ])
    func replaced(name: String) {
        var random = SeededGenerator(seed: 1)
        let id = RequestID.accept(Bytes(name), random: &random)
        #expect(id.count == 32)
        #expect(RequestID.isSane(id.span) == true)
    }

    @Test("new names differ from each other and replay with their seed")
    func replay() {
        var (left, right) = (SeededGenerator(seed: 5), SeededGenerator(seed: 5))
        let names = (0..<100).map { _ in RequestID.accept(nil, random: &left).string }
        #expect(Set(names).count == 100)
        #expect(names == (0..<100).map { _ in RequestID.accept(nil, random: &right).string })
    }
}
