// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

@Suite struct FlowWindowTests {
    @Test("it pauses at the high mark and resumes at the low one, once each")
    func watermarks() {
        var window = FlowWindow(low: 10, high: 20)
        #expect(window.onBuffered(19) == .none)
        #expect(window.room == 1)
        #expect(window.onBuffered(1) == .pause)
        #expect(window.onBuffered(50) == .none)
        #expect(window.room == 0)
        #expect(window.onDrained(59) == .none)
        #expect(window.isPaused)
        #expect(window.onDrained(1) == .resume)
        #expect(window.onDrained(10) == .none)
        #expect(window.buffered == 0)
    }

    @Test("a pause lasts until every party has let go")
    func countedPauses() {
        var window = FlowWindow(low: 0, high: 1)
        #expect(window.requestPause() == .pause)
        #expect(window.requestPause() == .none)
        #expect(window.onBuffered(1) == .none)
        #expect(window.releasePause() == .none)
        #expect(window.releasePause() == .none)
        #expect(window.onDrained(1) == .resume)
    }

    @Test("pauses and resumes alternate, and agree with the state", arguments: 0..<50)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var window = FlowWindow(low: 100, high: 300)
        var wasPaused = false
        var requests = 0
        for _ in 0..<500 {
            let change: FlowWindow.Change
            switch Int.random(in: 0..<4, using: &random) {
            case 0: change = window.onBuffered(Int.random(in: 0...120, using: &random))
            case 1: change = window.onDrained(Int.random(in: 0...window.buffered, using: &random))
            case 2 where requests < 3:
                requests += 1
                change = window.requestPause()
            default:
                guard requests > 0 else { continue }
                requests -= 1
                change = window.releasePause()
            }
            switch change {
            case .pause: #expect(!wasPaused && window.isPaused)
            case .resume: #expect(wasPaused && !window.isPaused)
            case .none: #expect(wasPaused == window.isPaused)
            }
            wasPaused = window.isPaused
            if window.buffered >= 300 || requests > 0 { #expect(window.isPaused) }
            if window.buffered <= 100 && requests == 0 { #expect(!window.isPaused) }
        }
    }
}
