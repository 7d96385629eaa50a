// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What the kernel says of this process now; nil where it says nothing.
struct ProcessFacts {
    let cpuMicroseconds: UInt64?
    let residentBytes: UInt64?
    let openDescriptors: UInt64?

    init() {
        cpuMicroseconds = Self.cpuTime()
        residentBytes = Self.residentMemory()
        openDescriptors = Self.descriptorCount()
    }

    private static func cpuTime() -> UInt64? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }

    /// The second number of `statm`, in pages (proc(5)).
    private static func residentMemory() -> UInt64? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &text, text.count)
        let words = text.prefix(max(count, 0)).split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = UInt64(String(decoding: words[1], as: UTF8.self)) else {
            return nil
        }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func descriptorCount() -> UInt64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count: UInt64 = 0
        while readdir(folder) != nil { count += 1 }
        // Not `.`, not `..`, and not the descriptor of the folder itself.
        return count >= 3 ? count - 3 : nil
    }
}
