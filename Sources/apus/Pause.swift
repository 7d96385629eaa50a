// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor

/// Lets time pass between two looks of a command.
final class Pause: EventHandler {
    private let loop = EventLoop()

    /// Returns when the time has passed.
    static func make(_ duration: Duration) {
        let pause = Pause()
        _ = pause.loop.schedule(at: pause.loop.now + duration, pause, kind: 0)
        pause.loop.run()
    }

    override func onTimer(_ kind: UInt32) { loop.stop() }
}
