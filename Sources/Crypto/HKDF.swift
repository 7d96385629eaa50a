// SPDX-License-Identifier: Apache-2.0
public import Core

/// Keys derived from one secret (RFC 5869) with HMAC-SHA-256, one block long.
public enum HKDF {
    /// 32 bytes for a use that `info` names; `salt` keeps protocols apart.
    public static func derive(
        _ secret: Secret, salt: Span<UInt8>, info: Span<UInt8>
    ) -> Secret {
        // Extract (§2.2).
        var extract = HMACSHA256(key: salt)
        let prk = extract.authenticate(secret.reveal().span)
        // Expand (§2.3) with L = 32: one block, its number behind the info.
        var expand = HMACSHA256(key: prk.span)
        expand.update(info)
        let number: InlineArray<1, UInt8> = [1]
        expand.update(number.span)
        let block = expand.finish()
        return Secret(Bytes(copying: block.span))
    }
}
