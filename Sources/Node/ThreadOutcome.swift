// SPDX-License-Identifier: Apache-2.0
internal import Reactor
internal import Synchronization

/// Hands one value from a new thread to the one that waits for it.
final class ThreadOutcome<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let signal = ThreadSignal()

    func set(_ outcome: Value) {
        value.withLock { $0 = outcome }
        signal.raise()
    }

    func wait() -> Value {
        signal.wait()
        return value.withLock { value in
            guard let value else { preconditionFailure("an outcome was signalled without a value") }
            return value
        }
    }
}
