// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

extension MembersReport {
    /// The members of `GET /admin/v1/members`.
    func write(to json: inout JSONWriter) {
        json.key("self")
        json.string(name)
        json.key("state")
        json.string(state)
        json.key("isolated")
        json.bool(isIsolated)
        json.key("degraded")
        json.bool(isDegraded)
        json.key("members")
        json.array(members) { json, member in member.write(to: &json) }
        json.key("regions")
        json.array(regions) { json, region in region.write(to: &json) }
        json.key("bridges")
        json.array(bridges) { json, bridge in bridge.write(to: &json) }
        json.key("changes")
        json.array(changes) { json, change in change.write(to: &json) }
    }
}

extension MemberRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(name)
        json.key("uid")
        json.string(uid)
        json.key("state")
        json.string(state)
        json.key("incarnation")
        json.int(incarnation)
        json.key("address")
        json.string(address)
        json.key("region")
        json.string(region)
        json.key("zone")
        json.string(zone)
        json.key("draining")
        json.bool(isDraining)
        json.key("bridge")
        json.bool(isBridge)
        json.key("rtt_us")
        if let roundTrip { json.int(roundTrip.microseconds) } else { json.null() }
        json.key("local_health")
        json.int(localHealth)
        json.key("since_ms")
        json.int(age.milliseconds)
        json.key("as_of_ms")
        json.int(knownFor.milliseconds)
        if let timeLeft {
            json.key("dead_in_ms")
            json.int(timeLeft.milliseconds)
        }
        json.key("accusations")
        json.array(accusations) { json, accusation in accusation.write(to: &json) }
        json.endObject()
    }
}

extension RegionRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(name)
        json.key("reachable")
        json.bool(isReachable)
        json.key("alive")
        json.int(alive)
        json.key("suspect")
        json.int(suspect)
        json.key("draining")
        json.int(draining)
        json.key("bridges")
        json.array(bridges) { json, name in json.string(name) }
        json.key("as_of_ms")
        if let knownFor { json.int(knownFor.milliseconds) } else { json.null() }
        if let fault {
            json.key("error")
            json.string(AdminFault(fault).code)
        }
        json.endObject()
    }
}

extension AccusationRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("by")
        json.string(by)
        json.key("helpers")
        json.int(helpers)
        json.key("nacks")
        json.int(nacks)
        json.key("wait_ms")
        json.int(waitMilliseconds)
        json.key("local_health")
        json.int(localHealth)
        json.endObject()
    }
}

extension MemberChangeRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("time")
        json.string(rfc3339: time)
        json.key("name")
        json.string(name)
        json.key("uid")
        json.string(uid)
        json.key("before")
        json.string(before)
        json.key("after")
        json.string(after)
        json.key("incarnation")
        json.int(incarnation)
        json.key("reason")
        json.string(reason)
        json.key("accusations")
        json.array(accusations) { json, accusation in accusation.write(to: &json) }
        json.endObject()
    }
}
