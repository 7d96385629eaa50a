// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Distributed
internal import Reactor

/// Distributed actors over sealed streams between members: one call, one stream, one answer.
///
/// Calls are bounded on both sides: beyond the limits they fail at once as `busy`. A caller always
/// gets an answer or a fault within its patience; a stream that breaks is one of these.
final class ApusActorSystem: DistributedActorSystem, Sendable {
    typealias ActorID = NodeActorID
    typealias InvocationEncoder = CallEncoder
    typealias InvocationDecoder = CallDecoder
    typealias ResultHandler = CallResultHandler
    typealias SerializationRequirement = any WireValue

    /// Calls of others that this node works on at a time.
    static let workLimit = 32

    let executor: LoopExecutor
    private let taskExecutor: LoopTaskExecutor
    private let inbox: LoopInbox
    private let parts: LoopBound<Parts>

    /// What belongs to the control loop.
    private final class Parts {
        weak var shell: MembershipShell?
        var actor: NodeActor?
        var working = 0
    }

    init(_ loop: EventLoop, shell: MembershipShell) {
        executor = loop.executor
        taskExecutor = loop.taskExecutor
        inbox = loop.inbox
        let parts = Parts()
        parts.shell = shell
        self.parts = LoopBound(parts)
    }

    /// Takes calls for this actor from now on; on the control loop.
    func serve(_ actor: NodeActor) {
        parts.value.actor = actor
        parts.value.shell?.onCall = { [weak self] payload, reply in
            self?.receive(payload, reply)
        }
    }

    /// Takes no calls any more; on the control loop.
    func close() {
        parts.value.shell?.onCall = nil
        parts.value.actor = nil
    }

    // MARK: - Actors

    func resolve<Act: DistributedActor>(
        id: NodeActorID, as type: Act.Type
    ) throws -> Act? where Act.ID == NodeActorID {
        // The proxy's calls find out whether anybody is there.
        nil
    }

    func assignID<Act: DistributedActor>(_ type: Act.Type) -> NodeActorID
    where Act.ID == NodeActorID { .own }

    func actorReady<Act: DistributedActor>(_ actor: Act) where Act.ID == NodeActorID {}
    func resignID(_ id: NodeActorID) {}
    func makeInvocationEncoder() -> CallEncoder { CallEncoder() }

    // MARK: - Calls that leave

    func remoteCall<Act: DistributedActor, Err: Error, Res: WireValue>(
        on actor: Act, target: RemoteCallTarget, invocation: inout CallEncoder,
        throwing: Err.Type, returning: Res.Type
    ) async throws -> Res where Act.ID == NodeActorID {
        let bytes = try await ask(actor.id, target, invocation)
        guard let value = Res(bytes) else { throw CallFault.malformed }
        return value
    }

    func remoteCallVoid<Act: DistributedActor, Err: Error>(
        on actor: Act, target: RemoteCallTarget, invocation: inout CallEncoder,
        throwing: Err.Type
    ) async throws where Act.ID == NodeActorID {
        _ = try await ask(actor.id, target, invocation)
    }

    private func ask(
        _ id: NodeActorID, _ target: RemoteCallTarget, _ invocation: CallEncoder
    ) async throws -> Bytes {
        let request = CallMessage.Request(
            target: target.identifier, arguments: invocation.arguments,
            milliseconds: UInt32(clamping: id.patience.milliseconds)
        ).encoded
        guard request.count <= CallMessage.requestLimit else { throw CallFault.malformed }
        let result: Result<Bytes, CallFault> = await withCheckedContinuation { continuation in
            inbox.post { [parts] in
                guard let shell = parts.value.shell else {
                    return continuation.resume(returning: .failure(.unreachable))
                }
                switch id.place {
                case .own: continuation.resume(returning: .failure(.unreachable))
                case .member(let member):
                    shell.call(member, request, patience: id.patience) {
                        continuation.resume(returning: $0)
                    }
                case .region(let name):
                    shell.call(region: name, request, patience: id.patience) {
                        continuation.resume(returning: $0)
                    }
                }
            }
        }
        return try result.get()
    }

    // MARK: - Calls that arrive

    private func receive(_ payload: Bytes, _ reply: @escaping (Bytes) -> Void) {
        guard let request = CallMessage.request(payload) else {
            return reply(CallMessage.answer(.failure(.malformed)))
        }
        guard let actor = parts.value.actor, parts.value.working < Self.workLimit else {
            return reply(CallMessage.answer(.failure(.busy)))
        }
        parts.value.working += 1
        let carrier = LoopBound(reply)
        Task(executorPreference: taskExecutor) { [self] in
            let result = await perform(request, on: actor)
            inbox.post { [parts] in
                parts.value.working -= 1
                carrier.value(CallMessage.answer(result))
            }
        }
    }

    private func perform(
        _ request: CallMessage.Request, on actor: NodeActor
    ) async -> Result<Bytes, CallFault> {
        var decoder = CallDecoder(request.arguments)
        let handler = CallResultHandler()
        do {
            try await executeDistributedTarget(
                on: actor, target: RemoteCallTarget(request.target), invocationDecoder: &decoder,
                handler: handler)
            return handler.result
        } catch let fault as CallFault {
            return .failure(fault)
        } catch {
            // No function of this name: the caller is newer than this node.
            return .failure(.tooOld)
        }
    }
}
