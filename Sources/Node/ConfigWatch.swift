// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Glibc
internal import Reactor

/// Notices that files may have changed, however that was done, and says so once things are quiet.
///
/// Directories are watched, not files: editors replace a file by renaming another one over it, and
/// Kubernetes swaps the link `..data` beside it. What cannot be watched is looked at now and then.
final class ConfigWatch: EventHandler {
    /// Writers get this long to finish what belongs together.
    static let quiet: Duration = .milliseconds(100)
    /// A directory that never gets quiet is looked at all the same.
    static let impatience: Duration = .seconds(2)
    static let retryInterval: Duration = .seconds(10)

    private enum TimerKind {
        static let settled: UInt32 = 0
        static let retry: UInt32 = 1
    }

    private let loop: EventLoop
    private var watch: DirectoryWatch?
    private var files: [String] = []
    private var names: Set<String> = []
    private var firstChange: Instant?
    private var settling: TimerHandle?
    private var retrying: TimerHandle?
    private let onChange: () -> Void

    init(loop: EventLoop, onChange: @escaping () -> Void) {
        self.loop = loop
        self.onChange = onChange
        super.init()
        watch = DirectoryWatch(loop: loop) { [weak self] in self?.onName($0) }
    }

    /// Watches these files from now on; returns directories that cannot be watched.
    @discardableResult
    func follow(_ files: [String]) -> [String] {
        self.files = files
        var directories: Set<String> = []
        names = []
        for path in files.flatMap(Self.places) {
            let (directory, name) = Self.split(path)
            directories.insert(directory)
            names.insert(name)
        }
        let missing = watch?.watch(directories) ?? directories.sorted()
        if !missing.isEmpty { lookAgain() }
        return missing
    }

    func close() {
        watch?.close()
        watch = nil
        for timer in [settling, retrying] { timer.map(loop.cancel) }
        settling = nil
        retrying = nil
    }

    /// A path and, if a link leads elsewhere, where that ends.
    private static func places(_ path: String) -> [String] {
        guard let resolved = realpath(path, nil) else { return [path] }
        defer { free(resolved) }
        return [path, String(cString: resolved)]
    }

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let name = String(path[path.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }

    private func onName(_ name: String?) {
        if let name, !names.contains(name), !name.hasPrefix("..") { return }
        let first = firstChange ?? loop.now
        firstChange = first
        settling.map(loop.cancel)
        let deadline = min(loop.now + Self.quiet, first + Self.impatience)
        settling = loop.schedule(at: deadline, self, kind: TimerKind.settled)
    }

    /// Looks once more after a while, whether anything is noticed or not.
    func lookAgain() {
        guard retrying == nil else { return }
        retrying = loop.schedule(at: loop.now + Self.retryInterval, self, kind: TimerKind.retry)
    }

    override func onTimer(_ kind: UInt32) {
        switch kind {
        case TimerKind.settled:
            settling = nil
            firstChange = nil
        default: retrying = nil
        }
        // Links may lead elsewhere by now.
        follow(files)
        onChange()
    }
}
