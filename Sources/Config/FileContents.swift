// SPDX-License-Identifier: Apache-2.0
import Core
import Glibc

/// Why a file cannot be read, in words for a message.
public struct FileFault: Error, Sendable, Equatable {
    public var reason: String

    public init(reason: String) { self.reason = reason }
}

/// Reads whole small files with plain system calls.
enum FileContents {
    /// The bytes of a file; a fault when there are more than `limit`.
    static func read(_ path: String, limit: Int) throws(FileFault) -> Bytes {
        guard !path.utf8.contains(0) else { throw FileFault(reason: "its path holds a NUL") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw FileFault(reason: reason(errno)) }
        defer { close(descriptor) }
        var writer = ByteWriter(capacity: 4096)
        while writer.count <= limit {
            var failure: Int32 = 0
            let before = writer.count
            writer.appendUnsafe(atLeast: 4096) { room in
                let wanted = min(room.count, limit + 1 - before)
                let count = Glibc.read(descriptor, room.baseAddress, wanted)
                if count < 0 { failure = errno }
                return max(count, 0)
            }
            if failure == EINTR { continue }
            if failure != 0 { throw FileFault(reason: reason(failure)) }
            if writer.count == before { return writer.finish() }
        }
        throw FileFault(reason: "it is larger than \(UnitText.show(bytes: limit))")
    }

    private static func reason(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
