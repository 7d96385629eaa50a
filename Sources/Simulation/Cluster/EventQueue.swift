// SPDX-License-Identifier: Apache-2.0

/// Events by time, and by order of scheduling within one time: a binary heap over slots.
struct EventQueue<Event> {
    private var heap: [Entry] = []
    private var slots: [Event?] = []
    private var free: [Int32] = []
    private var order: UInt64 = 0

    private struct Entry {
        let time: Int64
        let order: UInt64
        let slot: Int32

        func precedes(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    /// The time of the next event.
    var nextTime: Int64? { heap.first?.time }

    mutating func schedule(_ event: Event, at time: Int64) {
        order += 1
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
            slots[Int(slot)] = event
        } else {
            slot = Int32(slots.count)
            slots.append(event)
        }
        heap.append(Entry(time: time, order: order, slot: slot))
        siftUp(heap.count - 1)
    }

    mutating func pop() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown(0)
        }
        let slot = Int(first.slot)
        // '!': each heap entry owns one filled slot.
        let event = slots[slot]!
        slots[slot] = nil
        free.append(first.slot)
        return (first.time, event)
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        let entry = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.precedes(heap[parent]) else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let entry = heap[index]
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(entry) else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
