// SPDX-License-Identifier: Apache-2.0
// OpenSSL with its function-like macros turned into functions that Swift can call.
#ifndef APUS_COPENSSL_H
#define APUS_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// Keys an HMAC context for SHA-256; an empty key is a key too. Returns 1 on success.
static inline int apus_hmac_sha256_init(
    EVP_MAC_CTX *context, const unsigned char *key, size_t length) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    // A null key would mean "keep the key you have".
    return EVP_MAC_init(
        context, length > 0 ? key : (const unsigned char *)"", length, parameters);
}

#endif
