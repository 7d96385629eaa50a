// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// The first bytes of a stream, looked at before any of them reaches the client.
public enum StreamOpening {
    /// The provider's error in them, when it stands before the first token; nil for all else.
    ///
    /// Most streams cost one look at an event; only a failed one is read as a whole.
    public static func error(in bytes: Span<UInt8>, _ format: WireFormat) -> ProviderError? {
        var tap = StreamTap(mode: .observe, format: format)
        var position = 0
        while position < bytes.count { position = tap.onBytes(bytes, from: position).next }
        guard tap.facts.hasError, !tap.facts.hasFirstToken else { return nil }
        let nobody = CallerTraits(model: EscapedText(), now: 0, exchangeID: Bytes())
        let reader = StreamTranslator.make(from: format, to: format, for: nobody)
        var unused = ByteWriter()
        do throws(ProviderError) { try reader.onBytes(bytes, to: &unused) } catch { return error }
        return nil
    }
}
