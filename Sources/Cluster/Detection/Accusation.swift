// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Who accused a member and what that node had tried before: the answer to "who says so, and why".
public struct Accusation: Sendable, Hashable {
    public let accuser: MemberID
    public let evidence: Evidence

    /// The course of the probe that failed.
    public struct Evidence: Sendable, Hashable {
        /// Members asked to probe on the accuser's behalf.
        public var helpers: UInt8 = 0
        /// Helpers that answered "no answer here either".
        public var nacks: UInt8 = 0
        /// Local health of the accuser, 0 (well) to 7.
        public var health: UInt8 = 0
        /// Wait for the direct answer, in milliseconds, at most 255.
        public var waitMilliseconds: UInt8 = 0

        public init() {}
    }

    public init(accuser: MemberID, evidence: Evidence = Evidence()) {
        self.accuser = accuser
        self.evidence = evidence
    }

    func write(to writer: inout ByteWriter) {
        writer.append(bigEndian: accuser.rawValue)
        writer.append(evidence.helpers)
        writer.append(evidence.nacks)
        writer.append(evidence.health)
        writer.append(evidence.waitMilliseconds)
    }

    init(from reader: inout ByteReader) {
        accuser = MemberID(rawValue: reader.uint64())
        var evidence = Evidence()
        evidence.helpers = reader.byte()
        evidence.nacks = reader.byte()
        evidence.health = reader.byte()
        evidence.waitMilliseconds = reader.byte()
        self.evidence = evidence
    }
}
