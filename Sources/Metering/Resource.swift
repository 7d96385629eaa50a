// SPDX-License-Identifier: Apache-2.0
private import CResources

/// Constant bytes that the binary carries; `scripts/tables` makes them.
@safe struct Resource: @unchecked Sendable {  // Sendable: the memory is read-only.
    private let start: UnsafePointer<UInt8>?
    private let count: Int

    static let cl100k = unsafe Resource(apus_cl100k_base())
    static let o200k = unsafe Resource(apus_o200k_base())
    static let scalarClasses = unsafe Resource(apus_scalar_classes())
    static let prices = unsafe Resource(apus_prices())

    private init(_ resource: apus_resource) {
        unsafe start = resource.start
        unsafe count = resource.count
    }

    /// The bytes; they live as long as the process.
    var span: Span<UInt8> {
        @_lifetime(immortal)
        get {
            let buffer = unsafe UnsafeBufferPointer(start: start, count: count)
            return unsafe _overrideLifetime(Span(_unsafeElements: buffer), copying: ())
        }
    }
}
