// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Glibc

/// One worker's access records on their way to a descriptor: whole lines, many in one write.
///
/// Lines wait until `flush` is called: when there are 32 KiB of them, each second, at the end.
/// When the descriptor takes no more they wait up to a limit; what comes beyond it is dropped and
/// counted. Belongs to its worker's thread.
public final class AccessLogSink {
    /// So many bytes are worth a system call.
    static let batch = 32 * 1024
    /// So many bytes wait for a slow reader.
    static let backlog = 256 * 1024

    private var lines = ByteWriter(capacity: AccessLogSink.batch * 2)
    private var clock = RFC3339Cache()
    private var waiting = 0
    private var isMidLine = false
    private var destination: LogDescriptor?
    private var origin: AccessOrigin
    /// Lines that were given up, since the sink was made.
    public private(set) var droppedCount: UInt64 = 0

    /// A sink without a destination takes nothing and costs nothing.
    public init(to destination: LogDescriptor?, origin: AccessOrigin) {
        self.destination = destination
        self.origin = origin
    }

    /// Takes up another destination (after rotation) or configuration; writes out to the old first.
    public func redirect(to destination: LogDescriptor?, origin: AccessOrigin) {
        flush()
        if destination !== self.destination {
            giveUp()
            isMidLine = false
        }
        self.destination = destination
        self.origin = origin
    }

    /// Queues one record; drops and counts it when too much waits already.
    public func append(_ record: borrowing AccessRecord) {
        guard destination != nil else { return }
        if lines.count >= Self.backlog {
            droppedCount += 1
            return
        }
        record.append(to: &lines, origin: origin, clock: &clock)
        waiting += 1
    }

    /// Whether there is enough for a write; the caller chooses a moment when nobody waits for it.
    public var isDue: Bool { lines.count >= Self.batch }

    /// Writes what waits, as far as it goes without waiting for the reader.
    public func flush() {
        guard let destination else { return }
        while lines.count > 0 {
            let amount = destination.isFile ? lines.count : pieceLength()
            switch destination.write(lines.span.extracting(0..<amount)) {
            case .bytes(let count): onWritten(count)
            case .full: return
            case .broken: return giveUp()
            }
        }
        lines.removeAll(keepingCapacity: true)
    }

    private func onWritten(_ count: Int) {
        guard count > 0 else { return }
        if count == lines.count { waiting = 0 } else { waiting -= lines.lineCount(within: count) }
        isMidLine = lines.lastLineEnd(within: count) != count
        lines.discardFirst(count)
    }

    /// Whole lines that a pipe takes in one piece; a longer line than that goes in parts.
    private func pieceLength() -> Int {
        let limit = min(lines.count, Int(PIPE_BUF))
        let end = lines.lastLineEnd(within: limit)
        return end > 0 ? end : limit
    }

    private func giveUp() {
        droppedCount += UInt64(waiting)
        waiting = 0
        lines.removeAll(keepingCapacity: true)
        // A torn line is ended, should the descriptor ever take bytes again.
        if isMidLine { lines.append(UInt8(ascii: "\n")) }
        isMidLine = false
    }
}

extension ByteWriter {
    fileprivate func lineCount(within limit: Int) -> Int {
        let text = span
        var count = 0
        for index in 0..<limit where text[index] == UInt8(ascii: "\n") { count += 1 }
        return count
    }

    /// Where the last whole line ends; zero if none does.
    fileprivate func lastLineEnd(within limit: Int) -> Int {
        let text = span
        var end = limit
        while end > 0, text[end - 1] != UInt8(ascii: "\n") { end -= 1 }
        return end
    }
}
