// SPDX-License-Identifier: Apache-2.0

extension DraftChecker {
    /// Reports each way from a model through fallbacks back to itself, once.
    mutating func checkFallbackCycles() {
        let models = draft.models ?? []
        var search = CycleSearch(
            edges: models.map { model in model.fallback.map { modelIndices[$0.value] } })
        for cycle in search.cycles() {
            let names = (cycle.path + [cycle.path[0]]).compactMap { models[$0].name?.value }
            let last = models[cycle.path[cycle.path.count - 1]]
            diagnostics.fault(
                last.fallback[cycle.edge].position,
                "the fallbacks form a circle: \(names.joined(separator: " → "));"
                    + " remove one of them")
        }
    }
}

/// Depth-first search without recursion: a chain may be as long as the file.
private struct CycleSearch {
    /// The path that comes back to its first node by `edge` of its last.
    struct Cycle {
        var path: [Int]
        var edge: Int
    }

    enum Mark { case new, onPath, done }

    let edges: [[Int?]]
    private var marks: [Mark]
    private var path: [(node: Int, nextEdge: Int)] = []

    init(edges: [[Int?]]) {
        self.edges = edges
        marks = Array(repeating: .new, count: edges.count)
    }

    mutating func cycles() -> [Cycle] {
        var found: [Cycle] = []
        for start in edges.indices where marks[start] == .new {
            enter(start)
            while let top = path.last {
                guard top.nextEdge < edges[top.node].count else {
                    marks[top.node] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].nextEdge += 1
                guard let next = edges[top.node][top.nextEdge] else { continue }
                switch marks[next] {
                case .new: enter(next)
                case .onPath: found.append(cycle(to: next, edge: top.nextEdge))
                case .done: break
                }
            }
        }
        return found
    }

    private mutating func enter(_ node: Int) {
        marks[node] = .onPath
        path.append((node, 0))
    }

    private func cycle(to node: Int, edge: Int) -> Cycle {
        let nodes = path.map(\.node)
        let start = nodes.firstIndex(of: node) ?? 0
        return Cycle(path: Array(nodes[start...]), edge: edge)
    }
}
