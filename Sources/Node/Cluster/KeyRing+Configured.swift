// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Gateway

extension KeyRing {
    /// The keys of a configuration: all open, the first one seals.
    init(_ configured: [Secret]) {
        guard let first = configured.first else {
            preconditionFailure("the configuration let a cluster without keys through")
        }
        self.init(primary: KeyID(first), rootKey: first)
        for key in configured.dropFirst() { adopt(key) }
    }

    /// Holds a key from now on; the configuration has made sure that its number is free.
    mutating func adopt(_ key: Secret) {
        do throws(Fault) { try install(KeyID(key), key) } catch {
            preconditionFailure("a checked key of the cluster is refused: \(error)")
        }
    }
}

extension KeyID {
    init(_ key: Secret) { self.init(rawValue: ClusterConfiguration.number(of: key)) }
}
