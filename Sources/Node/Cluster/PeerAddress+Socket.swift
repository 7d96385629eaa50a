// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Reactor

extension PeerAddress {
    init(_ address: SocketAddress) {
        let (high, low) = address.words
        self.init(high: high, low: low, port: address.port)
    }
}

extension SocketAddress {
    init(_ address: PeerAddress) {
        self.init(high: address.high, low: address.low, port: address.port)
    }
}
