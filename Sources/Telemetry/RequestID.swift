// SPDX-License-Identifier: Apache-2.0
public import Core
public enum RequestID {
    public static func accept(_ given: Bytes?, random: inout SeededGenerator) -> Bytes {
        if let given, given.count <= 128 { return given }
        var w = ByteWriter(capacity: 32)
        w.append(hex: random.next(), width: 16); w.append(hex: random.next(), width: 16)
        return w.finish()
    }
}
