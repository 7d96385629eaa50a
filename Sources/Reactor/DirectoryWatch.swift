// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

/// Tells when names in some directories change, whatever way: written, replaced, removed, linked.
///
/// A file counts as written when its writer closes it: half of it is of no use, and a log that
/// grows in a watched directory must not wake anybody with each line.
public final class DirectoryWatch: EventHandler {
    private static let changes =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE)
        | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE_SELF)
        | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR)
    private static let capacity = 8 * 1024

    private unowned let loop: EventLoop
    private let descriptor: Int32
    private var registration: SlotHandle?
    /// Path to watch number.
    private var watches: [String: Int32] = [:]
    private let onChange: (_ name: String?) -> Void

    /// Nil when the system has no watch left. `onChange` gets the name inside its directory, or nil
    /// when a directory itself has gone or changes were too many to be told.
    public init?(loop: EventLoop, onChange: @escaping (_ name: String?) -> Void) {
        self.loop = loop
        self.onChange = onChange
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        super.init()
        registration = loop.register(descriptor, .readable, handler: self)
    }

    /// Watches exactly these directories from now on; returns those that cannot be watched.
    public func watch(_ directories: Set<String>) -> [String] {
        let before = Set(watches.values)
        watches = [:]
        var missing: [String] = []
        for path in directories.sorted() {
            let number = unsafe inotify_add_watch(descriptor, path, Self.changes)
            if number >= 0 { watches[path] = number } else { missing.append(path) }
        }
        for number in before.subtracting(watches.values).sorted() {
            _ = inotify_rm_watch(descriptor, number)  // It may have gone with its directory.
        }
        return missing
    }

    /// Ends all watching.
    public func close() {
        guard let registration else { return }
        self.registration = nil
        loop.unregister(registration, descriptor)
        _ = CLinux.close(descriptor)
    }

    /// Tells each name that the kernel reports.
    override public func onReady(_ readiness: Readiness) {
        let names = unsafe withUnsafeTemporaryAllocation(byteCount: Self.capacity, alignment: 8) {
            room in
            let count = unsafe CLinux.read(descriptor, room.baseAddress, room.count)
            guard count > 0 else { return [String?]() }
            return unsafe Self.names(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
        for name in names where registration != nil { onChange(name) }
    }

    private static func names(_ events: UnsafeRawBufferPointer) -> [String?] {
        let head = MemoryLayout<inotify_event>.size
        var names: [String?] = []
        var offset = 0
        while offset + head <= events.count {
            let event = unsafe events.loadUnaligned(
                fromByteOffset: offset, as: inotify_event.self)
            defer { offset += head + Int(event.len) }
            // What follows the end of a watch that was told already.
            if event.mask & UInt32(IN_IGNORED) != 0 { continue }
            let end = offset + head + Int(event.len)
            let name = unsafe events[(offset + head)..<min(end, events.count)].prefix { $0 != 0 }
            names.append(unsafe name.isEmpty ? nil : String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
