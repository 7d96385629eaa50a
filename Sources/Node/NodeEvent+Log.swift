// SPDX-License-Identifier: Apache-2.0
internal import Config
internal import Core
internal import Gateway
internal import Reactor
public import Telemetry

extension NodeEvent {
    /// Writes the event as one or more lines for machines.
    public func write(to log: Log) {
        switch self {
        case .started(let facts): Self.write(facts, to: log)
        case .remarks(let findings): Self.write(findings, to: log)
        case .reloaded(let generation, let cause, let notes):
            log.info("configuration replaced") { line in
                line.add("generation", Int(generation))
                line.add("cause", cause.label)
            }
            for note in notes {
                log.warning("a change waits for a restart") { $0.add("detail", note.description) }
            }
        case .reloadRefused(let findings, let cause):
            Self.write(findings, to: log)
            log.error("configuration kept") { $0.add("cause", cause.label) }
        case .unwatched(let folders):
            for folder in folders {
                log.warning("folder cannot be watched") { $0.add("path", folder) }
            }
        case .accessLogKept(let fault):
            log.error("access log kept") { $0.add("detail", fault) }
        case .draining(let patience):
            log.info("draining") { $0.add("patience_us", microseconds: patience) }
        case .expired: log.warning("drain time is up")
        case .stuck(let workers): log.error("workers did not end") { $0.add("count", workers) }
        case .stopped: log.info("stopped")
        case .cluster(let event): event.write(to: log)
        }
    }

    private static func write(_ facts: NodeFacts, to log: Log) {
        log.info("started") { line in
            line.add("version", ApusVersion.current)
            line.add("node", facts.name)
            line.add("api", facts.api.description)
            line.add("admin", facts.admin.description)
            line.add("loops", facts.loops)
            line.add("generation", Int(facts.generation))
            line.add("providers", facts.providers.joined(separator: " "))
            line.add("keys", facts.needsKey ? "required" : "open" as StaticString)
            if let limit = facts.descriptorLimit { line.add("descriptor_limit", limit) }
        }
        guard let key = facts.newAdminKey else { return }
        // The one place where a key is shown: nobody could use the admin port otherwise.
        log.warning("admin key made, since none is configured") { line in
            line.add("admin_key", key.reveal())
        }
    }

    private static func write(_ findings: [Diagnostic], to log: Log) {
        for finding in findings {
            let add = { (line: inout LogLine) in
                line.add("file", finding.file)
                if let position = finding.position {
                    line.add("line", position.line)
                    line.add("column", position.column)
                }
                line.add("finding", finding.message)
            }
            switch finding.severity {
            case .error: log.error("configuration", add)
            case .warning: log.warning("configuration", add)
            }
        }
    }
}
