// SPDX-License-Identifier: Apache-2.0
internal import Core

/// A node in a few words, for operators who ask another one.
struct NodeSummary: WireValue, Equatable {
    var name: String
    var version: String
    var isDraining: Bool
    var uptimeMilliseconds: Int
    var connections: Int
    var exchanges: Int
    /// Of the configuration in use.
    var generation: Int

    init(name: String, version: String) {
        self.name = name
        self.version = version
        isDraining = false
        uptimeMilliseconds = 0
        connections = 0
        exchanges = 0
        generation = 0
    }

    func write(to writer: inout ByteWriter) {
        name.write(to: &writer)
        version.write(to: &writer)
        writer.append(isDraining ? 1 : 0 as UInt8)
        for number in [uptimeMilliseconds, connections, exchanges, generation] {
            number.write(to: &writer)
        }
    }

    init(from reader: inout ByteReader) {
        self.init(name: String(from: &reader), version: String(from: &reader))
        isDraining = reader.byte() != 0
        uptimeMilliseconds = Int(from: &reader)
        connections = Int(from: &reader)
        exchanges = Int(from: &reader)
        generation = Int(from: &reader)
    }
}
