// SPDX-License-Identifier: Apache-2.0
import Core
import Foundation
import Glibc
import Testing

@testable import Reactor

@Suite struct DirectoryWatchTests {
    private let harness = LoopHarness()

    @Test("a file that grows says nothing until its writer closes it")
    func growing() throws {
        let folder = NSTemporaryDirectory() + "apus-watch-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = open("\(folder)/log", O_WRONLY | O_CREAT, 0o600)
        try #require(log >= 0)
        final class Names { var told: [String?] = [] }
        let names = Names()
        let watch = harness.run { loop in
            let watch = DirectoryWatch(loop: loop) {
                names.told.append($0)
                harness.poke()
            }
            #expect(watch?.watch([folder]) == [])
            return watch
        }
        for _ in 0..<3 { _ = write(log, "line\n", 5) }
        try #require(FileManager.default.createFile(atPath: "\(folder)/other", contents: nil))
        harness.wait { names.told.contains("other") }
        #expect(harness.run { _ in names.told.contains("log") } == false)
        close(log)
        harness.wait { names.told.contains("log") }
        harness.run { _ in watch?.close() }
    }
}
