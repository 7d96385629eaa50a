// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@testable import Cluster

@Suite struct BroadcastQueueTests {
    private func item(_ letter: String, _ count: Int) -> Bytes {
        Bytes(String(repeating: letter, count: count))
    }

    private func fill(_ queue: inout BroadcastQueue, _ budget: Int, retransmits: Int = 9) -> String
    {
        var writer = ByteWriter()
        queue.fill(&writer, budget: budget, retransmits: retransmits)
        return writer.finish().string
    }

    @Test("membership goes before records, larger before smaller, nothing beyond the budget")
    func packing() {
        var queue = BroadcastQueue()
        queue.enqueue(item("r", 20), about: .record(Fixture.id(1), "k"))
        queue.enqueue(item("a", 11), about: .member(Fixture.id(1)))
        queue.enqueue(item("b", 30), about: .member(Fixture.id(2)))
        let text = fill(&queue, 45)
        #expect(text == String(repeating: "b", count: 30) + String(repeating: "a", count: 11))
    }

    @Test("the least sent goes first and a spent item is gone")
    func transmissions() {
        var queue = BroadcastQueue()
        queue.enqueue(item("a", 12), about: .member(Fixture.id(1)))
        #expect(fill(&queue, 12, retransmits: 2).first == "a")
        queue.enqueue(item("b", 12), about: .member(Fixture.id(2)))
        #expect(fill(&queue, 12, retransmits: 2).first == "b")
        #expect(fill(&queue, 24, retransmits: 2).count == 24)
        #expect(queue.isEmpty)
    }

    @Test("newer news about a subject replace the older")
    func replacement() {
        var queue = BroadcastQueue()
        queue.enqueue(item("a", 12), about: .member(Fixture.id(1)))
        _ = fill(&queue, 100)
        queue.enqueue(item("n", 12), about: .member(Fixture.id(1)))
        #expect(queue.count == 1)
        #expect(fill(&queue, 100) == String(repeating: "n", count: 12))
    }

    @Test("a full queue drops records before membership")
    func overflow() {
        var queue = BroadcastQueue()
        for number in 0..<BroadcastQueue.limit {
            queue.enqueue(item("r", 12), about: .record(Fixture.id(number), "k"))
        }
        for number in 0..<10 { queue.enqueue(item("m", 12), about: .member(Fixture.id(number))) }
        #expect(queue.count == BroadcastQueue.limit)
        #expect(fill(&queue, 120).allSatisfy { $0 == "m" })
    }
}
