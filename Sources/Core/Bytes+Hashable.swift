// SPDX-License-Identifier: Apache-2.0

extension Bytes: Hashable {
    public func hash(into hasher: inout Hasher) {
        unsafe withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}
