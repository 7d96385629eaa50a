// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

extension ClusterNodeRow {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        if name.isEmpty { json.null() } else { json.string(name) }
        json.key("region")
        json.string(region)
        if let fault {
            json.key("error")
            json.string(AdminFault(fault).code)
        } else {
            json.key("version")
            json.string(version)
            json.key("state")
            json.string(isDraining ? "draining" : "serving" as StaticString)
            json.key("uptime_ms")
            json.int(uptime.milliseconds)
            json.key("connections")
            json.int(connections)
            json.key("exchanges")
            json.int(exchanges)
            json.key("generation")
            json.int(generation)
        }
        json.endObject()
    }
}
