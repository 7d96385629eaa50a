// SPDX-License-Identifier: Apache-2.0

/// Protocol versions and sizes both sides must agree on.
public enum WireVersion {
    public static let oldest: UInt8 = 1
    public static let current: UInt8 = 1

    /// Bytes a datagram has at most, envelope included, so that no path fragments it.
    public static let datagramLimit = 1400
    /// Bytes a frame on a stream has at most: some 10,000 members.
    public static let frameLimit = 2 << 20
}
