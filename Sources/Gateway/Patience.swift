// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The configured timeouts as integers, because a deadline moves with every message.
struct Patience {
    let connect, firstToken, betweenTokens, total: Nanoseconds
    /// Far away if it is turned off.
    let keepAlive: Nanoseconds
    let clientRequest, clientIdle, clientWrite: Nanoseconds

    init(_ timeouts: Timeouts) {
        connect = Nanoseconds(timeouts.connect)
        firstToken = Nanoseconds(timeouts.firstToken)
        betweenTokens = Nanoseconds(timeouts.betweenTokens)
        total = Nanoseconds(timeouts.total)
        let isOn = timeouts.keepAlive > .zero
        keepAlive = Nanoseconds(isOn ? timeouts.keepAlive : .seconds(86_400))
        clientRequest = Nanoseconds(timeouts.clientRequest)
        clientIdle = Nanoseconds(timeouts.clientIdle)
        clientWrite = Nanoseconds(timeouts.clientWrite)
    }
}
