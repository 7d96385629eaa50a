// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// Lets one thread wait, once, until another one says so; for starts and stops, never on a loop.
public final class ThreadSignal: Sendable {
    private let descriptor = eventfd(0, Int32(EFD_CLOEXEC))

    public init() { precondition(descriptor >= 0, "no descriptor left for a signal") }

    deinit { close(descriptor) }

    public func raise() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }

    public func wait() {
        var count: UInt64 = 0
        while unsafe read(descriptor, &count, 8) != 8 {}
    }
}
