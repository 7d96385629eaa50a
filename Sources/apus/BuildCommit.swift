// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The commit a binary was built from, which `make build` leaves in its ELF build id.
enum BuildCommit {
    /// "commit 1a2b…" (with "and changes" when the tree was not clean), else the build id as it is.
    static var text: String {
        guard let id = buildID(in: head("/proc/self/exe")) else { return "of an unknown commit" }
        let hex = id.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        // Twenty bytes of commit and one that tells of changes; linkers alone write 8, 16 or 20.
        guard id.count == 21 else { return "build \(hex.prefix(8).joined())" }
        return "commit \(hex.prefix(20).joined())" + (id[20] == 0 ? "" : " and changes")
    }

    /// The note of type 3 that belongs to "GNU": name length, length, type, name, then the id.
    private static func buildID(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let tail: [UInt8] = [0, 0, 0, 3, 0, 0, 0, 0x47, 0x4E, 0x55, 0]
        guard bytes.count > 64 else { return nil }
        for start in 5..<bytes.count - 64 where bytes[start..<start + 11].elementsEqual(tail) {
            let length = Int(bytes[start - 1])
            guard length > 0, length <= 32, bytes[start - 5] == 4 else { continue }
            return ArraySlice(Array(bytes[start + 11..<start + 11 + length]))
        }
        return nil
    }

    /// Linkers put notes into the first page.
    private static func head(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(count, 0)))
    }
}
