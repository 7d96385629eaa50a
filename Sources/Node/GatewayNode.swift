// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Config
public import Core
public import Gateway
public import Reactor
internal import Telemetry
internal import Upstreams

/// One running gateway node: workers on their threads, and a control loop that owns their life.
///
/// Everything here belongs to the control loop. Starts in order (configuration, workers, watch),
/// ends in reverse. Decisions are those of `NodeMachine` and `ReloadMachine`.
public final class GatewayNode: EventHandler {
    /// A drain asks the workers this often whether they are done.
    private static let askInterval: Duration = .milliseconds(20)
    private static let askLimit: Duration = .milliseconds(200)
    /// A worker that does not end in this time is stuck; waiting longer would not help.
    private static let stopLimit: Duration = .seconds(5)

    private enum TimerKind {
        static let deadline: UInt32 = 0
        static let ask: UInt32 = 1
    }

    public let loop: EventLoop
    public let startedAt: Instant
    let workers: WorkerGroup
    let keeper: ConfigKeeper
    let metrics: MetricRegistry
    private(set) var machine = NodeMachine()
    /// Where access records go; nil when nobody wants them.
    private let accessLog: LogDescriptor?
    /// What access records said lately; nil when none are written.
    let memory: RecordMemory?
    private var admin: AdminServer?
    private var watch: ConfigWatch?
    /// Nil in a node that stands alone.
    private(set) var membership: MembershipShell?
    private(set) var desk: ControlDesk?
    private let onEvent: (NodeEvent) -> Void
    /// Workers that did not end when they were told to; that is our fault.
    public private(set) var stuckWorkers = 0

    /// Starts everything that the plan asks for, or nothing.
    public init(_ plan: NodePlan, loop: EventLoop) throws(NodeFault) {
        self.loop = loop
        startedAt = SystemClock.monotonic()
        onEvent = plan.onEvent
        let adminKey = plan.configuration.snapshot.admin.keyDigest == nil ? FreshKey.admin() : nil
        keeper = try ConfigKeeper(plan, generatedAdminKey: adminKey, executor: loop.executor)
        let first = keeper.first
        let snapshot = first.values
        metrics = MetricRegistry(startedAt: SystemClock.wall(), version: ApusVersion.current)
        memory = snapshot.accessLog == .off ? nil : RecordMemory()
        let log = try Self.accessLog(snapshot.accessLog, memory)
        accessLog = log
        do throws(ListenFault) {
            workers = try WorkerGroup(first, count: plan.loops, control: loop) {
                [metrics] loop in
                Reporter(loop: loop, registry: metrics, destination: log, snapshot: snapshot)
            }
        } catch { throw NodeFault(error, option: "--listen, or 'listen.api' in the configuration") }
        super.init()
        do throws(NodeFault) {
            try openCluster(snapshot)
            try startAdmin(snapshot)
        } catch {
            membership?.close()
            for worker in workers.workers { worker.stop() }
            throw error
        }
        machine.onStarted()
        announce(plan, snapshot, adminKey)
        membership?.start()
        if plan.source != nil { startWatching() }
    }

    private func openCluster(_ snapshot: Snapshot) throws(NodeFault) {
        guard let configuration = snapshot.cluster else { return }
        guard let address = SocketAddress(snapshot.listen.cluster ?? ClusterConfiguration.listen)
        else {
            preconditionFailure("the configuration let a bad address through")
        }
        do throws(ListenFault) {
            let plan = MembershipPlan(
                identity: snapshot.node, configuration: configuration,
                metrics: metrics.makeClusterMetrics()
            ) { [onEvent] in onEvent(.cluster($0)) }
            let shell = try MembershipShell(plan, loop: loop, address: address)
            membership = shell
            desk = ControlDesk(loop, shell: shell, services: nodeServices())
        } catch {
            throw NodeFault(error, option: "'listen.cluster' in the configuration")
        }
    }

    private func startAdmin(_ snapshot: Snapshot) throws(NodeFault) {
        guard let address = SocketAddress(snapshot.listen.admin) else {
            preconditionFailure("the configuration let a bad address through")
        }
        do throws(ListenFault) {
            admin = try AdminServer(loop: loop, address: address, sources: adminSources())
        } catch {
            throw NodeFault(error, option: "--admin, or 'listen.admin' in the configuration")
        }
    }

    private static func accessLog(
        _ choice: AccessLogDestination, _ memory: RecordMemory?
    ) throws(NodeFault) -> LogDescriptor? {
        switch choice {
        case .standardOutput: return LogDescriptor(borrowing: 1, memory: memory)
        case .off: return nil
        case .file(let path):
            do throws(LogFault) { return try LogDescriptor(path: path, memory: memory) } catch {
                throw NodeFault("\(error) ('access_log' in the configuration)")
            }
        }
    }

    private func announce(_ plan: NodePlan, _ snapshot: Snapshot, _ adminKey: Secret?) {
        onEvent(
            .started(
                NodeFacts(
                    name: snapshot.node.name, api: apiAddress, admin: adminAddress,
                    loops: plan.loops,
                    generation: snapshot.generation, providers: snapshot.upstreams.map(\.name),
                    sampleModel: SampleModel.find(snapshot), needsKey: !snapshot.keys.isOpen,
                    isSimulated: snapshot.upstreams.count
                        > plan.configuration.snapshot.upstreams.count,
                    newAdminKey: adminKey, descriptorLimit: plan.descriptorLimit)))
        let remarks = plan.configuration.warnings
        if !remarks.isEmpty { onEvent(.remarks(remarks)) }
    }

    // MARK: - Queries

    /// All metrics as text.
    func metricText(_ format: MetricFormat) -> Bytes {
        membership?.updateMetrics()
        return metrics.text(format)
    }

    /// The API address bound.
    public var apiAddress: SocketAddress { workers.address }

    /// The admin address bound.
    public var adminAddress: SocketAddress {
        guard let address = admin?.address else {
            preconditionFailure("the admin port is asked for after the node's end")
        }
        return address
    }

    public var state: NodeMachine.State { machine.state }

    /// The configuration in use.
    public var snapshot: Snapshot { keeper.assumeIsolated { $0.current } }

    // MARK: - Configuration

    private func startWatching() {
        let watch = ConfigWatch(loop: loop) { [weak self] in self?.onFileChange() }
        self.watch = watch
        follow()
    }

    private func follow() {
        let missing = watch?.follow(keeper.assumeIsolated { $0.watchedFiles }) ?? []
        if !missing.isEmpty { onEvent(.unwatched(missing)) }
    }

    private func onFileChange() {
        guard machine.isServing else { return }
        settle(keeper.assumeIsolated { $0.reloadIfChanged() }, cause: .fileChange)
        if keeper.assumeIsolated({ $0.isRefused }) { watch?.lookAgain() }
    }

    /// Reads the configuration anew and puts it in use if it is good.
    @discardableResult
    func reload(cause: ReloadCause) -> ConfigKeeper.Outcome {
        let outcome = keeper.assumeIsolated { $0.reload() }
        settle(outcome, cause: cause)
        if keeper.assumeIsolated({ $0.isRefused }) { watch?.lookAgain() }
        return outcome
    }

    /// A rotation has moved the file away; what is written from now on goes to a new one.
    private func reopenAccessLog() {
        do throws(LogFault) { try accessLog?.reopen() } catch {
            onEvent(.accessLogKept("\(error)"))
        }
    }

    private func settle(_ outcome: ConfigKeeper.Outcome, cause: ReloadCause) {
        switch outcome {
        case .unchanged: return
        case .kept(let findings): onEvent(.reloadRefused(findings, cause: cause))
        case .replaced(let snapshot, let findings, let notes):
            workers.apply(snapshot)
            if let cluster = snapshot.values.cluster { membership?.apply(cluster) }
            follow()
            onEvent(.reloaded(generation: snapshot.values.generation, cause: cause, notes: notes))
            if !findings.isEmpty { onEvent(.remarks(findings)) }
        }
    }

    // MARK: - Life

    /// Runs the control loop until the node has ended.
    public func run() { loop.run() }

    /// The process got a signal.
    public func onSignal(_ signal: SignalSource.Signal) {
        perform(machine.onSignal(signal, patience: snapshot.timeouts.drain, now: loop.now))
    }

    /// Takes nothing new, finishes what is under way, then ends.
    public func drain() {
        perform(machine.onDrainRequest(patience: snapshot.timeouts.drain, now: loop.now))
    }

    private func perform(_ action: NodeMachine.Action) {
        switch action {
        case .none: break
        case .reload:
            reopenAccessLog()
            reload(cause: .signal)
        case .drain(let deadline):
            onEvent(.draining(patience: deadline - loop.now))
            membership?.setDraining(true)
            workers.drain()
            ask()
            call(at: deadline)
        case .expire(let deadline):
            onEvent(.expired)
            workers.expire()
            call(at: deadline)
        case .stop: end()
        }
    }

    private func call(at deadline: Instant) {
        _ = loop.schedule(at: deadline, self, kind: TimerKind.deadline)
    }

    private func ask() {
        workers.ask(within: Self.askLimit) { [weak self] reports in self?.onReports(reports) }
    }

    private func onReports(_ reports: [WorkerReport?]) {
        perform(machine.onLoad(NodeMachine.Load(reports), now: loop.now))
        guard machine.state != .stopped else { return }
        _ = loop.schedule(at: loop.now + Self.askInterval, self, kind: TimerKind.ask)
    }

    /// Time for the next question, or a deadline.
    override public func onTimer(_ kind: UInt32) {
        switch kind {
        case TimerKind.ask: ask()
        default: perform(machine.onTime(loop.now))
        }
    }

    private func end() {
        watch?.close()
        watch = nil
        // Others are told first, and probes answered until they know.
        leaveCluster { [weak self] in
            self?.workers.stop(within: Self.stopLimit) { stuck in self?.finish(stuck: stuck) }
        }
    }

    private func leaveCluster(_ body: @escaping () -> Void) {
        guard let membership, !membership.isOver else { return body() }
        membership.leave(body)
        if machine.isHasty { membership.close() }
    }

    private func finish(stuck: Int) {
        desk?.close()
        admin?.close()
        stuckWorkers = stuck
        if stuck > 0 { onEvent(.stuck(workers: stuck)) }
        onEvent(.stopped)
        loop.stop()
    }
}

extension NodeMachine.Load {
    /// A worker that does not answer is busy.
    init(_ reports: [WorkerReport?]) {
        let known = reports.compactMap(\.self)
        if known.count < reports.count || known.contains(where: \.isOwing) {
            self = .busy
        } else {
            self = known.allSatisfy(\.isIdle) ? .idle : .visitors
        }
    }
}
