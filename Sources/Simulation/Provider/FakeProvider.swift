// SPDX-License-Identifier: Apache-2.0
public import Core
internal import HTTP
internal import JSON
public import Reactor

/// A scripted LLM provider on one loop, for tests, demos and benches.
///
/// Everything here belongs to the loop's thread. From outside it is steered by `PUT /_control` with
/// a script document and watched by `GET /_control`; `DELETE` resets the counters.
public final class FakeProvider {
    /// The wire formats that the provider can speak.
    public enum Dialect: String, Sendable, CaseIterable {
        case openai, anthropic, gemini, ollama, cohere
    }

    public var script: ProviderScript
    public internal(set) var counters = ProviderCounters()
    public var address: SocketAddress { listener.address }

    let loop: EventLoop
    var service: ProviderService
    /// Draws for `failRate`; begun anew with each script.
    var random: SeededGenerator
    var dates = HTTPDateCache()
    /// Holds a piece before its chunk header is known; shared, since a piece is never kept.
    var scratch = ByteWriter(capacity: 4096)
    let constantAnswer: Bytes
    private var connections = SlotMap<ProviderConnection>()
    private var listener: Listener

    /// Listens at once; port 0 takes a free one, which `address` then tells.
    public init(
        loop: EventLoop, address: SocketAddress, dialect: Dialect = .openai,
        script: ProviderScript = ProviderScript()
    ) throws(ListenFault) {
        self.loop = loop
        service = ProviderService(dialect)
        self.script = script
        random = SeededGenerator(seed: script.seed)
        constantAnswer = ConstantAnswer.bytes
        let gate = Gate()
        listener = try Listener(loop: loop, address: address) { [gate] descriptor, peer in
            gate.provider?.accept(descriptor, from: peer)
        }
        gate.provider = self
    }

    /// What the listener knows of the provider, which is not there yet when it begins.
    private final class Gate { weak var provider: FakeProvider? }

    /// Stops listening and resets every connection.
    public func close() {
        listener.close()
        var open: [ProviderConnection] = []
        connections.forEach { open.append($1) }
        for connection in open { connection.abort() }
    }

    /// Applies a script document to this provider.
    public func apply(_ document: Bytes) throws(ScriptFault) {
        try script.apply(document)
        random = SeededGenerator(seed: script.seed)
        let tree = try? JSONTree(document)  // Valid, or the line above had thrown.
        if tree?["reset"]?.bool ?? false { counters.reset() }
    }

    private func accept(_ descriptor: Int32, from peer: SocketAddress?) {
        let transport = Transport(loop: loop, descriptor: descriptor, peer: peer)
        let connection = ProviderConnection(provider: self, transport: transport)
        connection.slot = connections.insert(connection)
        counters.connections += 1
        counters.openConnections += 1
    }

    func remove(_ connection: ProviderConnection) {
        guard let slot = connection.slot else { return }
        connections.remove(slot)
    }

    /// The document that `GET /_control` answers.
    public func report() -> Bytes {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        counters.write(into: &writer)
        writer.key("behaviour")
        writer.string(script.behaviour.rawValue)
        writer.key("times")
        if let times = script.times { writer.int(times) } else { writer.null() }
        writer.endObject()
        return writer.finish()
    }
}
