// SPDX-License-Identifier: Apache-2.0
internal import Config
internal import Core
internal import Reactor

/// How many workers a node has unless it is told: one for each processor that it may keep busy.
public enum LoopCount {
    public static let maximum = 256

    private static let quotaFile = "/sys/fs/cgroup/cpu.max"

    /// Processors that this process may run on, but no more than its container is given.
    public static var standard: Int {
        var count = min(ProcessResources.processorCount, maximum)
        if case .success(let text) = Surroundings.fileSystem(quotaFile, 1024),
            let quota = processors(quota: text.string)
        {
            count = min(count, quota)
        }
        return count
    }

    /// Reads `QUOTA PERIOD`, both in microseconds (cgroup v2); nil for `max` or anything else.
    ///
    /// A part of a processor counts as one, and so does the rest behind whole ones.
    static func processors(quota text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0,
            period > 0
        else { return nil }
        return (quota - 1) / period + 1
    }
}
