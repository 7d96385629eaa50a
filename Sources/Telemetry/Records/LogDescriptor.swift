// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Reactor

/// A file, pipe or terminal that lines are appended to; shared by workers, closed by the last.
///
/// The process must ignore SIGPIPE, so that a reader who has gone is an error and not the end.
public final class LogDescriptor: Sendable {
    let number: Int32
    /// A write to a file takes all it is given, and whole; to anything else it may wait or tear.
    let isFile: Bool
    /// Of the file that it opened, and closes.
    private let path: String?
    /// Also takes what is written, if anybody may ask for it.
    private let memory: RecordMemory?

    public static let standardOutput = LogDescriptor(borrowing: 1)
    public static let standardError = LogDescriptor(borrowing: 2)

    /// A descriptor that somebody else closes.
    public init(borrowing number: Int32, memory: RecordMemory? = nil) {
        self.memory = memory
        self.number = number
        isFile = Self.isFile(number)
        path = nil
    }

    /// Opens a file for appending, and makes it if it is not there.
    public init(path: String, memory: RecordMemory? = nil) throws(LogFault) {
        self.memory = memory
        number = try Self.open(path)
        isFile = Self.isFile(number)
        self.path = path
    }

    deinit { if path != nil { close(number) } }

    private static func open(_ path: String) throws(LogFault) -> Int32 {
        let number = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard number >= 0 else { throw .cannotOpen(path, SystemText.describe(errno)) }
        return number
    }

    /// Opens the path anew, after the file was moved away; on a fault the old file stays in use.
    ///
    /// The new file takes the old one's number in one step, so that writers on other threads
    /// need not know.
    public func reopen() throws(LogFault) {
        guard let path else { return }
        let fresh = try Self.open(path)
        defer { close(fresh) }
        guard dup2(fresh, number) >= 0, fcntl(number, F_SETFD, FD_CLOEXEC) >= 0 else {
            throw .cannotOpen(path, SystemText.describe(errno))
        }
    }

    private static func isFile(_ number: Int32) -> Bool {
        var facts = stat()
        return fstat(number, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    /// What came of writing some bytes.
    enum Written {
        case bytes(Int)
        /// Nothing can be written now without waiting.
        case full
        /// Nothing can be written any more.
        case broken
    }

    /// Writes what goes in at once. Bytes for anything but a file must not exceed `PIPE_BUF`: then
    /// a pipe takes them whole or not at all, and lines of several workers do not mix.
    func write(_ bytes: Span<UInt8>) -> Written {
        if !isFile, !isWritable { return .full }
        while true {
            let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count >= 0 {
                memory?.remember(bytes.extracting(0..<count))
                return .bytes(count)
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .full
            default: return .broken
            }
        }
    }

    /// Asked rather than set non-blocking: the descriptor may be shared with the shell.
    private var isWritable: Bool {
        var question = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        return poll(&question, 1, 0) == 1
    }
}

/// Why a log cannot be written.
public enum LogFault: Error, Equatable, CustomStringConvertible {
    case cannotOpen(String, String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open log \(path): \(reason)"
        }
    }
}
