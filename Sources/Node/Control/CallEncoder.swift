// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Distributed

/// Collects the arguments of a call that leaves.
struct CallEncoder: DistributedTargetInvocationEncoder {
    typealias SerializationRequirement = any WireValue

    private(set) var arguments: [Bytes] = []

    mutating func recordGenericSubstitution<T>(_ type: T.Type) throws {
        throw CallFault.malformed
    }

    mutating func recordArgument<Value: WireValue>(
        _ argument: RemoteCallArgument<Value>
    ) throws { arguments.append(argument.value.encoded) }

    mutating func recordReturnType<Value: WireValue>(_ type: Value.Type) throws {}
    mutating func recordErrorType<E: Error>(_ type: E.Type) throws {}
    mutating func doneRecording() throws {}
}
