// SPDX-License-Identifier: Apache-2.0
public import Reactor
public import Upstreams

/// Where images that callers name by URL may be fetched from, and how much of them.
public struct FetchOptions: Sendable, Equatable {
    /// Empty: nothing is ever fetched.
    public var allowed: [FetchPattern] = []
    /// Which addresses may be connected to; public ones alone unless networks are added.
    public var addresses = AddressRule()
    /// One image, in bytes; in base64 it is a third larger.
    public var imageBytes = 10 * 1024 * 1024
    /// Images of one request.
    public var images = 8
    /// All images of one request, from the first look-up to the last byte.
    public var timeout: Duration = .seconds(10)

    public init() {}

    public var isOn: Bool { !allowed.isEmpty }
}
