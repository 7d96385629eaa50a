// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON
internal import Synchronization

/// The last access records that a node wrote, for operators who ask about one request.
///
/// Workers hand over whole batches as they are written out, so a request costs a part of one copy
/// and nothing else. Shared by workers; the lock is held for an append or for a copy of the list.
public final class RecordMemory: Sendable {
    /// Bytes of text kept, some 25,000 records.
    public static let byteLimit = 8 << 20
    /// Batches kept: an idle node writes one a second.
    static let batchLimit = 4096

    private struct Kept {
        var batches: [Bytes] = []
        /// Batches before it are gone.
        var first = 0
        var bytes = 0
    }

    private let kept = Mutex(Kept())

    public init() {}

    func remember(_ text: Span<UInt8>) {
        let batch = Bytes(copying: text)
        kept.withLock { kept in
            kept.batches.append(batch)
            kept.bytes += batch.count
            while kept.bytes > Self.byteLimit
                || kept.batches.count - kept.first > Self.batchLimit
            {
                kept.bytes -= kept.batches[kept.first].count
                kept.batches[kept.first] = Bytes()
                kept.first += 1
            }
            guard kept.first > Self.batchLimit else { return }
            kept.batches.removeFirst(kept.first)
            kept.first = 0
        }
    }

    /// The lines about a request, the oldest first; whatever was torn in writing is left out.
    public func lines(about request: Bytes, atMost limit: Int = 16) -> [Bytes] {
        var pattern = ByteWriter(capacity: request.count + 32)
        pattern.append(#","request_id":"#)
        pattern.append(jsonString: request.span)
        let wanted = pattern.finish()
        let batches = kept.withLock { Array($0.batches[$0.first...]) }
        var found: [Bytes] = []
        for batch in batches.reversed() {
            found += Self.lines(in: batch, with: wanted).reversed()
            if found.count >= limit { break }
        }
        return found.prefix(limit).reversed()
    }

    private static func lines(in batch: Bytes, with wanted: Bytes) -> [Bytes] {
        let text = batch.span
        var found: [Bytes] = []
        var start = 0
        for index in text.indices where text[index] == UInt8(ascii: "\n") {
            let line = start..<index
            start = index + 1
            guard isAbout(wanted, text.extracting(line)) else { continue }
            guard (try? JSONScanner.validate(text.extracting(line))) != nil else { continue }
            found.append(batch[line])
        }
        return found
    }

    /// Whether the second field is the one wanted; the first one, the time, is 37 bytes long.
    private static func isAbout(_ wanted: Bytes, _ line: Span<UInt8>) -> Bool {
        let place = 37..<(37 + wanted.count)
        return line.count > place.upperBound
            && line.extracting(place).equals(wanted.span)
    }
}
