// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// What the system gives this process.
public enum ProcessResources {
    /// Raises the limit on open descriptors to the hard one; nil if the system refuses.
    public static func raiseDescriptorLimit() -> Int? {
        let limit = apus_raise_descriptor_limit()
        return limit < 0 ? nil : Int(limit)
    }

    /// Processors that this process may run on; a container's share of time does not count here.
    public static var processorCount: Int { Int(apus_processor_count()) }
}
