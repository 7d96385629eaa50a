// SPDX-License-Identifier: Apache-2.0

/// Why a message from an authenticated member was not understood.
enum WireFault: Error, Equatable {
    case malformed
    case unknownType(UInt8)
}
