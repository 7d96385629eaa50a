// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation
import Testing

/// Every recorded stream, at many cuts, against an oracle.
@Suite struct StreamTapRecordingTests {
    private func check(
        _ recording: Recording, _ oracle: StreamOracle, _ cuts: [Int], _ comment: Comment
    ) {
        for mode in [StreamTap.Mode.observe, .withhold] {
            let run = StreamTapRun(recording.response, mode: mode, cuts: cuts)
            let isObserved = mode == .observe
            let expected = isObserved ? oracle.whole : oracle.withoutUsageChunks
            #expect(run.relayed == expected, comment)
            #expect(run.facts.usage == oracle.usage, comment)
            #expect(run.facts.isDone == oracle.isDone, comment)
            #expect(run.facts.hasFinishReason == oracle.hasFinishReason, comment)
            #expect(run.facts.hasError == oracle.hasError, comment)
            let ending: StreamTap.Ending = oracle.hasError ? .failed : .complete
            #expect(run.ending == ending, comment)
            #expect(run.facts.hasFirstToken || oracle.hasError, comment)
        }
    }

    @Test("whole", arguments: Recording.streams)
    func whole(recording: Recording) {
        check(recording, StreamOracle(recording.response), [], "whole")
    }

    @Test("cut at random places", arguments: Recording.streams)
    func randomly(recording: Recording) {
        let oracle = StreamOracle(recording.response)
        for (seed, distance) in [5, 60, 1_000].enumerated() {
            let cuts = StreamTapRun.randomCuts(
                recording.response.count, every: distance, seed: UInt64(seed))
            check(recording, oracle, cuts, "every \(distance)")
        }
    }

    @Test("byte by byte", arguments: Recording.streams.filter { $0.response.count < 6_000 })
    func bytewise(recording: Recording) {
        let cuts = Array(1..<recording.response.count)
        check(recording, StreamOracle(recording.response), cuts, "bytewise")
    }

    @Test("the data holds what these tests are about")
    func coverage() {
        let oracles = Recording.streams.map { StreamOracle($0.response) }
        #expect(oracles.count >= 60)
        #expect(oracles.filter { $0.withheldCount == 1 }.count >= 20)
        #expect(oracles.contains { $0.hasError })
        #expect(oracles.contains { $0.withheldCount == 0 && $0.usage != nil })
        #expect(Recording.streams.contains { $0.response.string.contains("\r\n\r\n") })
    }

    @Test("a stream cut short is known to be, wherever it is cut")
    func truncated() throws {
        let stream = try #require(Recording.streams.first { $0.id == "openai-d0002" }).response
        let finish = try #require(stream.string.range(of: "\"finish_reason\":\""))
        let place = stream.string.utf8.distance(
            from: stream.string.startIndex, to: finish.lowerBound)
        for length in stride(from: 0, to: place, by: 7) {
            let run = StreamTapRun(stream[0..<length], mode: .withhold, cuts: [length / 2])
            #expect(run.ending == .truncated)
            #expect(run.relayed.count == length)
        }
    }
}
