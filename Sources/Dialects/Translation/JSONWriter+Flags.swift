// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension JSONWriter {
    mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        bool(flag)
    }
}
