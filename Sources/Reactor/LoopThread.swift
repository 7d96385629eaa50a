// SPDX-License-Identifier: Apache-2.0
internal import CLinux

// Sendable: the id is set once, before use.
/// A named operating-system thread that runs one closure and can be waited for.
@safe public final class LoopThread: @unchecked Sendable {
    private var thread: pthread_t = 0
    private let body: @Sendable () -> Void

    /// Starts the thread; `name` is cut to 15 bytes.
    public init(name: String, _ body: @escaping @Sendable () -> Void) {
        self.body = body
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                // '!': the context given below.
                let owner = unsafe Unmanaged<LoopThread>.fromOpaque(context!).takeRetainedValue()
                owner.body()
                return nil
            }, context)
        precondition(result == 0, "no thread left")
        _ = unsafe apus_name_thread(thread, String(name.prefix(15)))
    }

    /// Waits until the closure has returned.
    public func join() { _ = pthread_join(thread, nil) }
}
