// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension Usage {
    /// Reads `usageMetadata`: thoughts are output, the prompts of server tools input.
    init(gemini object: JSONSlice, in body: ChatBody) {
        self.init()
        var thoughts: Int?
        var members = JSONMembers(of: object, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .array {
                readModalities(member, in: body)
                continue
            }
            // A count that no Int holds, or a negative one, is no count.
            guard let count = member.value.int(in: body.bytes.span), count >= 0,
                count <= 1 << 53
            else { continue }
            if body.isCalled(member, "prompttokencount")
                || body.isCalled(member, "tooluseprompttokencount")
            {
                inputTokens += count
            } else if body.isCalled(member, "candidatestokencount")
                || body.isCalled(member, "responsetokencount")
            {
                outputTokens += count
            } else if body.isCalled(member, "thoughtstokencount") {
                thoughts = count
            } else if body.isCalled(member, "cachedcontenttokencount") {
                cachedInputTokens = count
            } else if body.isCalled(member, "totaltokencount") {
                totalTokens = count
            }
        }
        outputTokens += thoughts ?? 0
        reasoningTokens = thoughts
    }

    private mutating func readModalities(_ member: JSONMember, in body: ChatBody) {
        let isInput = body.isCalled(member, "prompttokensdetails")
        guard isInput || body.isCalled(member, "candidatestokensdetails") else { return }
        let span = body.bytes.span
        var elements = JSONElements(of: member.value, in: span)
        while let element = elements.next() {
            guard let modality = body.loose("modality", of: element),
                modality.equals("AUDIO", in: span),
                let count = body.loose("tokencount", of: element)?.int(in: span), count >= 0
            else { continue }
            if isInput { inputAudioTokens = count } else { outputAudioTokens = count }
        }
    }
}
