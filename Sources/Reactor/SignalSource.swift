// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

/// Delivers process signals as ordinary events of one loop.
public final class SignalSource: EventHandler {
    /// The signals that a server lives by.
    public enum Signal: Int32, Sendable, CaseIterable {
        case hangup = 1
        case interrupt = 2
        case terminate = 15
    }

    private let descriptor: Int32
    private unowned let loop: EventLoop
    private var registration: SlotHandle?
    private let onSignal: (Signal) -> Void

    /// Blocks the signals in this thread, and so in all threads made later; call it before those.
    public static func blockInThisThread() {
        var set = sigset_t()
        unsafe fill(&set)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        apus_ignore_broken_pipes()
    }

    private static func fill(_ set: UnsafeMutablePointer<sigset_t>) {
        _ = unsafe sigemptyset(set)
        for signal in Signal.allCases { _ = unsafe sigaddset(set, signal.rawValue) }
    }

    public init(loop: EventLoop, onSignal: @escaping (Signal) -> Void) {
        self.loop = loop
        self.onSignal = onSignal
        var set = sigset_t()
        unsafe Self.fill(&set)
        descriptor = unsafe signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor left for signals")
        super.init()
        registration = loop.register(descriptor, .readable, handler: self)
    }

    /// Signals have come.
    override public func onReady(_ readiness: Readiness) {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(descriptor, &info, size) == size {
            if let signal = Signal(rawValue: Int32(info.ssi_signo)) { onSignal(signal) }
        }
    }
}
