// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

/// What a command says to whoever started it.
public enum Console {
    /// Writes a line to standard output at once.
    public static func say(_ line: some StringProtocol) { write(line, to: 1) }

    /// Writes a line to standard error at once.
    public static func complain(_ line: some StringProtocol) { write(line, to: 2) }

    private static func write(_ line: some StringProtocol, to descriptor: Int32) {
        var rest = Bytes("\(line)\n")
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { apus_write(descriptor, $0.baseAddress, $0.count) }
            // Nobody left to tell when this fails.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
