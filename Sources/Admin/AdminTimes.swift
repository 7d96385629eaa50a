// SPDX-License-Identifier: Apache-2.0

/// How long each phase of a connection to the admin port may take.
public struct AdminTimes: Sendable {
    /// Without a request; above the interval of scrapers, so that they keep their connection.
    public var idle: Duration = .seconds(75)
    /// From a request's first byte to its last.
    public var request: Duration = .seconds(10)
    /// From a request's end to its answer.
    public var answer: Duration = .seconds(30)

    public init() {}
}
