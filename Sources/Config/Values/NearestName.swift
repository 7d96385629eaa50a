// SPDX-License-Identifier: Apache-2.0

/// Finds what a user meant when a name is unknown.
public enum NearestName {
    /// Longer names are not compared: the cost is the product of the lengths.
    static let maximumLength = 64

    /// The known name nearest to `name`, or nil when none is near enough to be meant.
    public static func find(_ name: String, among known: [String]) -> String? {
        let wanted = folded(name)
        guard !wanted.isEmpty, wanted.count <= maximumLength else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in known {
            let other = folded(candidate)
            guard other.count <= maximumLength else { continue }
            let distance = distance(wanted, other)
            guard distance <= max(1, min(3, max(wanted.count, other.count) / 3)) else { continue }
            if let best, best.distance <= distance { continue }
            best = (candidate, distance)
        }
        return best?.name ?? uniqueCompletion(of: wanted, among: known)
    }

    /// A name whose beginning was written, when there is only one: `max_conn`.
    private static func uniqueCompletion(of wanted: [UInt8], among known: [String]) -> String? {
        guard wanted.count >= 3 else { return nil }
        let matches = known.filter { candidate in
            let other = folded(candidate)
            return other.starts(with: wanted) || (other.count >= 3 && wanted.starts(with: other))
        }
        return matches.count == 1 ? matches[0] : nil
    }

    /// Lower case without `_` and `-`: `maxIdle`, `max-idle` and `max_idle` are one name.
    private static func folded(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }

    /// Damerau–Levenshtein distance, optimal string alignment: swapped neighbours count once.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var cost = min(current[column], previous[column + 1]) + 1
                cost = min(cost, previous[column] + (isSame ? 0 : 1))
                let isSwap =
                    row > 0 && column > 0 && left[row] == right[column - 1]
                    && left[row - 1] == right[column]
                if isSwap { cost = min(cost, beforePrevious[column - 1] + 1) }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
