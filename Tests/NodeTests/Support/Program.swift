// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The built program, run as a child process with an empty environment.
enum Program {
    /// What came of a run.
    struct Outcome: CustomStringConvertible {
        let code: Int32
        let output: String
        let errors: String

        var text: String { output + errors }
        var firstLine: String { String(text.prefix { $0 != "\n" }) }
        var description: String { "code \(code)\n\(text)" }
    }

    /// It lies beside the tests.
    static let path: String = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/apus"
    }()

    static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        return process
    }

    /// Runs a command that ends by itself.
    static func run(_ arguments: [String], input: String = "", environment: [String: String] = [:])
        throws -> Outcome
    {
        let process = process(arguments, environment: environment)
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }
}

/// A running `apus serve`, with what it says on standard error.
final class RunningProgram {
    let process: Process
    private let errors = Pipe()
    private(set) var said = ""

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        process = Program.process(arguments, environment: environment)
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Reads until the text was said; false if the program ends before.
    func hears(_ text: String) -> Bool {
        while !said.contains(text) {
            let more = errors.fileHandleForReading.availableData
            guard !more.isEmpty else { return false }
            said += String(decoding: more, as: UTF8.self)
        }
        return true
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The exit code, once it has ended.
    func wait() -> Int32 {
        while true {
            let more = errors.fileHandleForReading.availableData
            if more.isEmpty { break }
            said += String(decoding: more, as: UTF8.self)
        }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
