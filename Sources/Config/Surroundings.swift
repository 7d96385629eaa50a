// SPDX-License-Identifier: Apache-2.0
public import Core
import Glibc

/// What a configuration may refer to outside of its file; injected, so that tests can make it up.
public struct Surroundings: Sendable {
    /// The value of an environment variable, nil when it is not set.
    public var variable: @Sendable (_ name: String) -> String?
    public var hostName: String
    /// The bytes of a file, refused above `limit`.
    public var readFile: @Sendable (_ path: String, _ limit: Int) -> Result<Bytes, FileFault>

    public init(
        variables: [String: String], hostName: String = "localhost",
        readFile: @escaping @Sendable (String, Int) -> Result<Bytes, FileFault> = Self.fileSystem
    ) {
        variable = { variables[$0] }
        self.hostName = hostName
        self.readFile = readFile
    }

    private init(process hostName: String) {
        variable = { name in getenv(name).map { String(cString: $0) } }
        self.hostName = hostName
        readFile = Self.fileSystem
    }

    /// This process's environment and this machine's files.
    public static func ofProcess() -> Surroundings { Surroundings(process: machineName()) }

    /// Reads real files.
    public static let fileSystem: @Sendable (String, Int) -> Result<Bytes, FileFault> = {
        path, limit in
        do throws(FileFault) {
            return .success(try FileContents.read(path, limit: limit))
        } catch {
            return .failure(error)
        }
    }

    private static func machineName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        let name = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: name, as: UTF8.self)
    }
}
