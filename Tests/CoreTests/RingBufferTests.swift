// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct RingBufferTests {
    @Test("a full ring refuses at both ends")
    func limit() {
        var ring = RingBuffer<Int>(limit: 3)
        for value in 1...3 { #expect(ring.append(value) == true) }
        #expect(ring.isFull)
        #expect(ring.append(4) == false)
        #expect(ring.prepend(0) == false)
        #expect(ring.popFirst() == 1)
        #expect(ring.append(4) == true)
        #expect((0..<ring.count).map { ring[$0] } == [2, 3, 4])
    }

    @Test("elements are let go when they leave")
    func ownership() {
        final class Witness {}
        weak var witness: Witness?
        var ring = RingBuffer<Witness>()
        do {
            let one = Witness()
            witness = one
            #expect(ring.append(one) == true)
        }
        #expect(witness != nil)
        ring.removeAll()
        #expect(witness == nil)
    }

    @Test("a random walk agrees with an array", arguments: 1...10)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ring = RingBuffer<UInt64>(limit: 200, reserving: Int(seed % 3) * 4)
        var model: [UInt64] = []
        for step in 0..<5_000 {
            let value = random.next()
            // Grows in the first half, shrinks in the second.
            switch value % (step < 2_500 ? 5 : 8) {
            case 0, 1:
                #expect(ring.append(value) == (model.count < 200))
                if model.count < 200 { model.append(value) }
            case 2:
                #expect(ring.prepend(value) == (model.count < 200))
                if model.count < 200 { model.insert(value, at: 0) }
            case 3 where !model.isEmpty:
                let place = Int(value >> 8) % model.count
                ring[place] &+= 1
                model[place] &+= 1
            case 4: #expect(ring.popLast() == model.popLast())
            default: #expect(ring.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(ring.count == model.count)
            #expect(ring.first == model.first)
            #expect(ring.last == model.last)
        }
        #expect((0..<ring.count).map { ring[$0] } == model)
    }
}
