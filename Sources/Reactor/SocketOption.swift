// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// Socket options that are set in more than one place.
enum SocketOption {
    static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
        _ = apus_set_option(descriptor, level, name, value)  // A refused option is no fault.
    }

    /// Small writes leave at once: an event stream must not wait for an acknowledgement.
    static func setNoDelay(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }
}

/// Texts for errno values.
public enum SystemText {
    /// What the system says of an errno.
    public static func describe(_ code: Int32) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let text = buffer.baseAddress else { return "error \(code)" }
            unsafe apus_describe_error(code, text, buffer.count)
            return unsafe String(cString: text)
        }
    }
}
