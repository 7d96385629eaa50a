// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON

/// Fuzzes the scanner and what builds on its verdict; traps are findings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = Bytes(copying: unsafe UnsafeBufferPointer(start: start, count: count).span)
    do throws(JSONFault) {
        let root = try JSONScanner.validate(text.span)
        walk(root, in: text)
        rewrite(root, in: text)
    } catch {
        precondition(error.offset >= 0 && error.offset <= text.count)
        precondition(error.path.count <= JSONPath.lengthLimit + JSONPath.nameLimit + 32)
        // The lenient walker must end on anything.
        var members = JSONMembers(in: text.span)
        while let member = members.next() { precondition(member.value.range.upperBound <= count) }
    }
    checkRequest(text)
    return 0
}

/// Every value of an accepted text is found again by the lenient walkers.
private func walk(_ value: JSONSlice, in text: Bytes) {
    _ = value.int(in: text.span)
    _ = value.string(in: text)
    var members = JSONMembers(of: value, in: text.span)
    while let member = members.next() {
        _ = member.key.string(in: text)
        walk(member.value, in: text)
    }
    precondition(!members.isMalformed)
    var elements = JSONElements(of: value, in: text.span)
    while let element = elements.next() { walk(element, in: text) }
}

/// A text's pieces, pulled and written again, are accepted and the same.
private func rewrite(_ root: JSONSlice, in text: Bytes) {
    guard root.kind == .string, let string = root.string(in: text) else { return }
    var json = JSONWriter()
    json.string(string)
    let written = json.finish()
    guard let again = try? JSONScanner.validate(written.span) else {
        preconditionFailure("a written string is refused")
    }
    precondition(again.string(in: written) == string)
}

/// An accepted request is accepted after each edit, with what the edit asked for.
private func checkRequest(_ body: Bytes) {
    guard let request = try? InferenceRequest(body: body, operation: .chatCompletions) else {
        return
    }
    let edited = request.upstreamBody(model: "other", includeUsage: true).joined()
    guard let again = try? InferenceRequest(body: edited, operation: .chatCompletions) else {
        preconditionFailure("an edited request is refused")
    }
    precondition(again.model == "other" && again.isStreaming == request.isStreaming)
    precondition(again.includesUsage || !again.isStreaming)
    precondition(again.messageCount == request.messageCount)
}
