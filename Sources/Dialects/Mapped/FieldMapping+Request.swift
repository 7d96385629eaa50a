// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

extension FieldMapping {
    /// A request in the known format, changed to what the provider wants.
    public func request(_ body: Bytes) -> Bytes {
        guard !request.isEmpty else { return body }
        var placed: [Placed] = []
        var members = JSONMembers(in: body.span)
        while let member = members.next() {
            let name = body[member.key.content]
            guard !request.drop.contains(where: { Bytes($0) == name }) else { continue }
            let renamed = request.rename.first { Bytes($0.name) == name }
            placed.append(
                Placed(steps: renamed?.path.steps[...] ?? [name], value: body[member.value.range]))
        }
        for addition in request.set {
            placed.append(Placed(steps: addition.path.steps[...], value: addition.value))
        }
        var json = JSONWriter(capacity: body.count + 64)
        Self.write(placed, to: &json)
        return json.finish()
    }

    /// A value with the way that is left to its place.
    private struct Placed {
        var steps: ArraySlice<Bytes>
        var value: Bytes
    }

    /// Writes an object; what was placed later wins.
    private static func write(_ placed: [Placed], to json: inout JSONWriter) {
        json.beginObject()
        var written: [Bytes] = []
        for item in placed {
            guard let name = item.steps.first, !written.contains(name) else { continue }
            written.append(name)
            json.key(name.span)
            let same = placed.filter { $0.steps.first == name }
            if let last = same.last, last.steps.count == 1 {
                json.raw(last.value)
                continue
            }
            let inner = same.filter { $0.steps.count > 1 }.map {
                Placed(steps: $0.steps.dropFirst(), value: $0.value)
            }
            write(inner, to: &json)
        }
        json.endObject()
    }
}
