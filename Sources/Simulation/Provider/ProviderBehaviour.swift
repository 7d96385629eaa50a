// SPDX-License-Identifier: Apache-2.0

/// What a simulated provider does with a request, besides answering it well.
public enum ProviderBehaviour: String, Sendable, CaseIterable {
    case ok
    /// Resets the connection as soon as a request shows that it is not for the control path.
    case refuse
    case closeBeforeAnswer = "close_before_answer"
    case closeMidBody = "close_mid_body"
    /// Ends the connection after `after` events, without the terminating chunk.
    case closeMidStream = "close_mid_stream"
    /// Reads the request and never answers.
    case stall
    case stallMidStream = "stall_mid_stream"
    /// Answers with bytes that are not HTTP.
    case garbage
    /// Announces more body than it sends.
    case wrongLength = "wrong_length"
    /// Announces a chunk and closes in the middle of it.
    case halfChunk = "half_chunk"
    /// Sends up to 10 GB until the client goes away.
    case endless
    case errorEventMidStream = "error_event_mid_stream"
    /// Ends a stream in good order but without `data: [DONE]`.
    case noDone = "no_done"
    /// Sends the head one byte at a time.
    case slowHead = "slow_head"
    /// Skips the request's body unread and writes one constant answer, as cheaply as it can.
    case constant = "static"
}
