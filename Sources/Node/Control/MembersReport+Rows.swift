// SPDX-License-Identifier: Apache-2.0
internal import Admin
internal import Cluster
internal import Core

extension ClusterNodeRow {
    init(_ name: String, in region: String, _ result: Result<NodeSummary, CallFault>) {
        self.init(name: name)
        self.region = region
        switch result {
        case .failure(let fault): self.fault = fault.forOperator
        case .success(let summary):
            version = summary.version
            isDraining = summary.isDraining
            uptime = .milliseconds(summary.uptimeMilliseconds)
            connections = summary.connections
            exchanges = summary.exchanges
            generation = summary.generation
        }
    }
}

extension ExplanationRow {
    init(_ name: String, in region: String, _ result: Result<RequestFacts, CallFault>) {
        self.init(name: name)
        self.region = region
        switch result {
        case .failure(let fault): self.fault = fault.forOperator
        case .success(let facts):
            isKept = facts.isKept
            records = facts.records
        }
    }
}

extension MembersReport {
    /// Adds what other regions said of their members.
    mutating func add(_ words: [RosterBook.Word]) {
        for word in words {
            if !regions.contains(where: { $0.name == word.region }) {
                // No bridge tells of it any more.
                var row = RegionRow(name: word.region)
                row.isReachable = false
                regions.append(row)
            }
            for index in regions.indices where regions[index].name == word.region {
                regions[index].knownFor = word.age
                regions[index].fault = word.fault?.forOperator
            }
            let age = word.age ?? .zero
            members += word.members.map { MemberRow($0, in: word.region, heard: age) }
        }
    }
}

extension MemberRow {
    fileprivate init(_ entry: RosterEntry, in region: String, heard: Duration) {
        self.init(
            name: entry.name, uid: entry.uid.description, state: entry.status.label,
            incarnation: entry.incarnation)
        self.region = region
        address = entry.address
        zone = entry.zone
        isDraining = entry.isDraining
        isBridge = entry.isBridge
        localHealth = Int(entry.localHealth)
        age = entry.age + heard
        knownFor = heard
    }
}
