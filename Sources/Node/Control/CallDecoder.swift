// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Distributed

/// Hands out the arguments of a call that has arrived, in order.
struct CallDecoder: DistributedTargetInvocationDecoder {
    typealias SerializationRequirement = any WireValue

    private var arguments: ArraySlice<Bytes>

    init(_ arguments: [Bytes]) { self.arguments = arguments[...] }

    mutating func decodeGenericSubstitutions() throws -> [any Any.Type] { [] }

    mutating func decodeNextArgument<Argument: WireValue>() throws -> Argument {
        guard let bytes = arguments.popFirst(), let value = Argument(bytes) else {
            throw CallFault.malformed
        }
        return value
    }

    mutating func decodeErrorType() throws -> (any Any.Type)? { nil }
    mutating func decodeReturnType() throws -> (any Any.Type)? { nil }
}
