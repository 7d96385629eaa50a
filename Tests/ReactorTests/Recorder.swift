// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor

/// A transport's delegate that remembers what it was told; touched on the loop only.
final class Recorder: TransportDelegate {
    private let harness: LoopHarness
    var received: [UInt8] = []
    /// The sizes of what came, call by call.
    var pieces: [Int] = []
    var ends = 0
    var drains = 0
    var readies = 0
    var faults: [TransportFault] = []
    /// Also done at each piece, before it counts.
    var onReceive: ((Transport) -> Void)?
    var onReady: ((Transport) -> Void)?

    init(_ harness: LoopHarness) { self.harness = harness }

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        for index in bytes.indices { received.append(bytes[index]) }
        pieces.append(bytes.count)
        onReceive?(transport)
        harness.poke()
    }

    func transportDidReachEnd(_ transport: Transport) {
        ends += 1
        harness.poke()
    }

    func transportDidDrain(_ transport: Transport) {
        drains += 1
        harness.poke()
    }

    func transport(_ transport: Transport, didFail fault: TransportFault) {
        faults.append(fault)
        harness.poke()
    }

    func transportDidBecomeReady(_ transport: Transport) {
        readies += 1
        onReady?(transport)
        harness.poke()
    }
}
