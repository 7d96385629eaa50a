// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Distributed

/// Takes what a called function returns or throws, once.
final class CallResultHandler: DistributedTargetInvocationResultHandler {
    typealias SerializationRequirement = any WireValue

    private(set) var result = Result<Bytes, CallFault>.failure(.refused)

    func onReturn<Success: WireValue>(value: Success) async throws {
        result = .success(value.encoded)
    }

    func onReturnVoid() async throws { result = .success(Bytes()) }

    func onThrow<Err: Error>(error: Err) async throws {
        result = .failure(error as? CallFault ?? .refused)
    }
}
