// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Core
internal import Reactor

/// Small files, read whole and blocking: scripts, recordings and bodies at the start of a run.
public enum TextFile {
    /// Bytes that a file may have.
    private static let limit = 256 * 1024 * 1024

    /// The bytes of a file; the fault is a sentence with the path and the system's reason.
    public static func read(_ path: String) throws(ScriptFault) -> Bytes {
        let descriptor = path.withCString { apus_open_read($0) }
        guard descriptor >= 0 else { throw refusal(path, -descriptor) }
        defer { _ = close(descriptor) }
        var contents = ByteWriter(capacity: 64 * 1024)
        while true {
            var count = 0
            contents.appendUnsafe(atLeast: 64 * 1024) { room in
                count = apus_read(descriptor, room.baseAddress, room.count)
                return max(count, 0)
            }
            if count == 0 { return contents.finish() }
            guard count > 0 else { throw refusal(path, Int32(-count)) }
            guard contents.count <= limit else {
                throw ScriptFault("\(path) is larger than \(limit) bytes.")
            }
        }
    }

    private static func refusal(_ path: String, _ code: Int32) -> ScriptFault {
        ScriptFault("Cannot read \(path): \(SystemText.describe(code)).")
    }
}
