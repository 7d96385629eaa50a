// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct SlotMapTests {
    private func insert<Value>(
        _ value: Value, into map: inout SlotMap<Value>
    ) throws -> SlotHandle {
        let handle = map.insert(value)
        return try #require(handle)
    }

    @Test("a handle finds its value until removal, and never a successor")
    func handles() throws {
        var map = SlotMap<String>()
        let first = try insert("a", into: &map)
        #expect(map[first] == "a")
        #expect(map.remove(first) == "a")
        #expect(map.remove(first) == nil)
        let second = try insert("b", into: &map)
        #expect(second.index == first.index)
        #expect(map[first] == nil)
        #expect(map[second] == "b")
        #expect(map.update(first) { $0 = "x" } == false)
        #expect(map.update(second) { $0 += "c" } == true)
        #expect(map[second] == "bc")
    }

    @Test("a full map refuses, and has room again after a removal")
    func capacity() throws {
        var map = SlotMap<Int>(capacity: 2)
        let first = try insert(1, into: &map)
        #expect(map.insert(2) != nil)
        #expect(map.isFull)
        #expect(map.insert(3) == nil)
        #expect(map.count == 2)
        map.remove(first)
        #expect(map.insert(3) != nil)
    }

    @Test("a handle survives the trip through one word; no live handle is zero")
    func bits() throws {
        var map = SlotMap<Int>()
        let handle = try insert(1, into: &map)
        #expect(SlotHandle(bits: handle.bits) == handle)
        #expect(handle.bits != 0)
        #expect(map[SlotHandle(bits: 0)] == nil)
        map.remove(handle)
        let forged = SlotHandle(index: handle.index, generation: handle.generation + 1)
        #expect(map[forged] == nil)
        #expect(map[SlotHandle(index: 77, generation: 1)] == nil)
    }

    @Test("a random walk agrees with a dictionary", arguments: 1...10)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var map = SlotMap<UInt64>(capacity: 50)
        var model: [SlotHandle: UInt64] = [:]
        var past: [SlotHandle] = []
        for _ in 0..<5_000 {
            let known = past.isEmpty ? nil : past[Int(random.next() % UInt64(past.count))]
            switch (random.next() % 4, known) {
            case (0...1, _), (_, nil):
                let value = random.next()
                let handle = map.insert(value)
                #expect((handle == nil) == (model.count == 50))
                guard let handle else { continue }
                #expect(model.updateValue(value, forKey: handle) == nil)
                past.append(handle)
            case (2, let handle?):
                #expect(map.remove(handle) == model.removeValue(forKey: handle))
            case (_, let handle?):
                #expect(map[handle] == model[handle])
                map.update(handle) { $0 &+= 1 }
                model[handle]? &+= 1
            }
            #expect(map.count == model.count)
        }
        var seen: [SlotHandle: UInt64] = [:]
        map.forEach { seen[$0] = $1 }
        #expect(seen == model)
    }
}
