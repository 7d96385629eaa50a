// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Gateway
internal import JSON

extension NodeStatus {
    /// The members of `GET /admin/v1/status`.
    func write(to json: inout JSONWriter) {
        json.key("node")
        json.string(identity.name)
        json.key("region")
        json.string(identity.region)
        json.key("zone")
        json.string(identity.zone)
        json.key("version")
        json.string(version)
        json.key("state")
        json.string(isDraining ? "draining" : "serving" as StaticString)
        json.key("api")
        json.string(api)
        json.key("admin")
        json.string(admin)
        json.key("generation")
        json.int(generation)
        json.key("loaded_at")
        json.string(rfc3339: loadedAt)
        json.key("uptime_ms")
        json.int(uptime.milliseconds)
        json.key("connections")
        json.int(connections)
        json.key("exchanges")
        json.int(exchanges)
        json.key("workers")
        json.array(Array(workers.enumerated())) { json, worker in
            Self.write(worker.element, index: worker.offset, to: &json)
        }
        json.key("upstreams")
        json.array(pools) { json, pool in Self.write(pool, to: &json) }
    }

    private static func write(_ report: WorkerReport?, index: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("worker")
        json.int(index)
        json.key("responding")
        json.bool(report != nil)
        if let report {
            json.key("connections")
            json.int(report.connections)
            json.key("closing")
            json.int(report.closing)
            json.key("exchanges")
            json.int(report.exchanges)
            json.key("generation")
            json.int(report.generation)
        }
        json.endObject()
    }

    private static func write(_ pool: PoolReport, to json: inout JSONWriter) {
        json.beginObject()
        json.key("provider")
        json.string(pool.upstream)
        json.key("open")
        json.int(pool.open)
        json.key("idle")
        json.int(pool.idle)
        json.key("waiting")
        json.int(pool.waiting)
        json.endObject()
    }
}

extension JSONWriter {
    /// A JSON array with one value for each element, written by `body`.
    mutating func array<Element>(
        _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        beginArray()
        for element in elements { body(&self, element) }
        endArray()
    }

    mutating func string(rfc3339 time: Timestamp) {
        var text = ByteWriter(capacity: 32)
        text.append(rfc3339: time)
        string(text.finish())
    }
}
