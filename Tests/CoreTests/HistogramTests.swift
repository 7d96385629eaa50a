// SPDX-License-Identifier: Apache-2.0
import Core
import Testing

@Suite struct HistogramTests {
    @Test("small values are exact")
    func exact() {
        for value in UInt64(0)..<32 {
            let histogram = Histogram()
            histogram.record(value)
            #expect(histogram.snapshot().quantile(0.5) == value)
        }
    }

    @Test("values beyond the range count in the last bucket")
    func beyond() {
        let histogram = Histogram(bits: 10)
        histogram.record(.max / 2)
        histogram.record(1_023)
        #expect(histogram.snapshot().quantile(1) == 1_023)
        #expect(histogram.snapshot().quantile(0) == 1_023)
    }

    @Test("an empty histogram has neither quantiles nor a mean")
    func empty() {
        #expect(Histogram().snapshot().quantile(0.5) == nil)
        #expect(Histogram().snapshot().mean == nil)
    }

    @Test("quantiles of random values are at most 1/16 above those of the sorted list")
    func quantiles() throws {
        var random = SeededGenerator(seed: 7)
        let (left, right) = (Histogram(), Histogram())
        var values: [UInt64] = []
        for index in 0..<20_000 {
            let value = random.next() % (1 << (1 + random.next() % 30))
            values.append(value)
            (index % 3 == 0 ? left : right).record(value)
        }
        values.sort()
        var merged = left.snapshot()
        merged.merge(right.snapshot())
        #expect(merged.count == 20_000)
        #expect(merged.sum == values.reduce(0, +))
        for share in [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = values[max(0, Int((share * 20_000).rounded(.up)) - 1)]
            let found = try #require(merged.quantile(share))
            #expect(found >= exact && found <= exact + exact / 16)
        }
    }
}

@Suite struct CounterTests {
    @Test("a counter adds and is replaced")
    func counter() {
        let counter = Counter(3)
        counter.add()
        counter.add(6)
        #expect(counter.value == 10)
        counter.set(2)
        #expect(counter.value == 2)
    }

    @Test("cells count apart from each other")
    func cells() {
        let cells = CounterCells(count: 9)
        for index in 0..<9 { cells.add(UInt64(index), at: index) }
        cells.add(at: 8)
        cells.set(70, at: 0)
        #expect((0..<9).map { cells[$0] } == [70, 1, 2, 3, 4, 5, 6, 7, 9])
    }

    @Test("a reader on another thread sees the sum once the writers have ended")
    func threads() async {
        let rows = [CounterCells(count: 1), CounterCells(count: 1)]
        await withTaskGroup(of: Void.self) { group in
            for row in rows {
                group.addTask { for _ in 0..<10_000 { row.add(at: 0) } }
            }
        }
        #expect(rows.reduce(0) { $0 + $1[0] } == 20_000)
    }
}
