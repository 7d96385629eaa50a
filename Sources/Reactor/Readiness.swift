// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// What the kernel says a descriptor is ready for.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer has closed its writing side.
    public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    public static let failed = Readiness(rawValue: EPOLLERR.rawValue)
    /// Asks for one report per change instead of one per wait.
    public static let edgeTriggered = Readiness(rawValue: EPOLLET.rawValue)
    public static let hangup = Readiness(rawValue: EPOLLHUP.rawValue)
}

/// What a descriptor's owner wants to hear of; failures are always reported.
public typealias Interest = Readiness

/// Something that lives on one loop and hears of its descriptor and its timers.
open class EventHandler {
    public init() {}

    /// The descriptor is ready.
    open func onReady(_ readiness: Readiness) {}

    /// A timer of this handler is due; `kind` is what it was scheduled with.
    open func onTimer(_ kind: UInt32) {}
}
