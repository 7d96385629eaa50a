// SPDX-License-Identifier: Apache-2.0
internal import Core

/// A call or its answer as the payload of a sealed frame; frames of the membership begin lower.
enum CallMessage {
    /// First bytes from here on belong to calls.
    static let firstKind: UInt8 = 0x40
    private static let requestKind: UInt8 = 0x40
    private static let answerKind: UInt8 = 0x41
    static let argumentLimit = 8
    /// Bytes of a call, so that it fits into the first frame of a stream.
    static let requestLimit = 12 * 1024
    private static let targetLimit = 512

    /// Which function to call, with what.
    struct Request: Equatable {
        var target: String
        var arguments: [Bytes]
        /// How long the caller waits.
        var milliseconds: UInt32

        var encoded: Bytes {
            var writer = ByteWriter(capacity: 256)
            writer.append(requestKind)
            writer.append(bigEndian: milliseconds)
            target.write(to: &writer)
            writer.append(UInt8(arguments.count))
            for argument in arguments {
                writer.append(bigEndian: UInt32(argument.count))
                writer.append(argument.span)
            }
            return writer.finish()
        }
    }

    static func isCall(_ payload: Bytes) -> Bool {
        !payload.isEmpty && payload[0] >= firstKind
    }

    /// Nil for what is no call.
    static func request(_ payload: Bytes) -> Request? {
        guard payload.count <= requestLimit else { return nil }
        var reader = ByteReader(payload.span)
        guard reader.byte() == requestKind else { return nil }
        let milliseconds = reader.uint32()
        let length = Int(reader.uint32())
        guard length <= targetLimit else { return nil }
        let target = reader.text(length)
        let count = Int(reader.byte())
        guard count <= argumentLimit else { return nil }
        var arguments: [Bytes] = []
        for _ in 0..<count {
            let size = Int(reader.uint32())
            guard size <= reader.remaining else { return nil }
            arguments.append(reader.copy(size))
        }
        guard !reader.failed else { return nil }
        return Request(target: target, arguments: arguments, milliseconds: milliseconds)
    }

    static func answer(_ result: Result<Bytes, CallFault>) -> Bytes {
        var writer = ByteWriter(capacity: 64)
        writer.append(answerKind)
        switch result {
        case .success(let value):
            writer.append(0 as UInt8)
            writer.append(value.span)
        case .failure(let fault): writer.append(fault.rawValue + 1)
        }
        return writer.finish()
    }

    /// What an answer says; whatever is none is malformed.
    static func result(_ payload: Bytes) -> Result<Bytes, CallFault> {
        guard payload.count >= 2, payload[0] == answerKind else { return .failure(.malformed) }
        guard payload[1] > 0 else { return .success(payload.dropFirst(2)) }
        return .failure(CallFault(rawValue: payload[1] - 1) ?? .refused)
    }
}
