// SPDX-License-Identifier: Apache-2.0
// OpenSSL with its function-like macros turned into functions that Swift can call.
#ifndef APUS_COPENSSL_H
#define APUS_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/decodererr.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

// ---- TLS without sockets: a BIO that reads lent input and writes into lent output.

/// What one session's BIO works on during a call; outside of calls all pointers but spill are null.
struct apus_tls_io {
    const uint8_t *input;
    size_t input_count;
    uint8_t *output;
    size_t output_count;
    size_t output_capacity;
    /// Output that did not fit into the lent memory; the caller copies and frees it.
    uint8_t *spill;
    size_t spill_count;
    size_t spill_capacity;
};

static inline int apus_tls_io_read(BIO *bio, char *room, size_t capacity, size_t *done) {
    struct apus_tls_io *io = (struct apus_tls_io *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (io->input_count == 0) {
        // Never an end of file: only the caller knows whether more will come.
        BIO_set_retry_read(bio);
        *done = 0;
        return 0;
    }
    size_t count = capacity < io->input_count ? capacity : io->input_count;
    memcpy(room, io->input, count);
    io->input += count;
    io->input_count -= count;
    *done = count;
    return 1;
}

static inline int apus_tls_io_write(BIO *bio, const char *bytes, size_t count, size_t *done) {
    struct apus_tls_io *io = (struct apus_tls_io *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *done = count;
    if (io->spill_count == 0 && io->output_capacity - io->output_count >= count) {
        memcpy(io->output + io->output_count, bytes, count);
        io->output_count += count;
        return 1;
    }
    if (io->spill_capacity - io->spill_count < count) {
        size_t capacity = (io->spill_count + count) * 2;
        uint8_t *larger = (uint8_t *)realloc(io->spill, capacity);
        if (larger == NULL) return 0;
        io->spill = larger;
        io->spill_capacity = capacity;
    }
    memcpy(io->spill + io->spill_count, bytes, count);
    io->spill_count += count;
    return 1;
}

static inline long apus_tls_io_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static inline int apus_tls_io_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

/// Makes the method table of such BIOs; once per process.
static inline BIO_METHOD *apus_tls_io_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lent memory");
    if (method == NULL) return NULL;
    BIO_meth_set_read_ex(method, apus_tls_io_read);
    BIO_meth_set_write_ex(method, apus_tls_io_write);
    BIO_meth_set_ctrl(method, apus_tls_io_control);
    BIO_meth_set_create(method, apus_tls_io_create);
    return method;
}

/// Makes a session over such a BIO; `io` must outlive it. Null if memory is short.
static inline SSL *apus_tls_new(
    SSL_CTX *context, const BIO_METHOD *method, struct apus_tls_io *io) {
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(method);
    if (ssl == NULL || bio == NULL) {
        SSL_free(ssl);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_data(bio, io);
    SSL_set_bio(ssl, bio, bio);
    return ssl;
}

/// The object that callbacks of a session find again.
static inline void *apus_tls_owner(const SSL *ssl) { return SSL_get_app_data(ssl); }

static inline void apus_tls_set_owner(SSL *ssl, void *owner) {
    SSL_set_app_data(ssl, (char *)owner);
}

// ---- TLS contexts

/// What both sides share: TLS 1.2 or later, forward secrecy with AEAD only, small when idle.
static inline int apus_tls_harden(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

/// Allows no version above TLS 1.2.
static inline void apus_tls_limit_to_1_2(SSL_CTX *context) {
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
}

/// Sets SSL_SESS_CACHE_* flags without the library's own table.
static inline void apus_tls_set_session_cache(SSL_CTX *context, int client) {
    SSL_CTX_set_session_cache_mode(
        context, client ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
}

static inline int apus_tls_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline void apus_tls_set_name_callback(
    SSL_CTX *context, int (*callback)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline int apus_tls_set_host_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

/// Lets no prompt for a passphrase reach a terminal.
static inline int apus_no_passphrase(char *buffer, int size, int writing, void *argument) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)argument;
    return -1;
}

static inline X509 *apus_read_certificate(BIO *bio) {
    return PEM_read_bio_X509(bio, NULL, apus_no_passphrase, NULL);
}

static inline EVP_PKEY *apus_read_private_key(BIO *bio) {
    return PEM_read_bio_PrivateKey(bio, NULL, apus_no_passphrase, NULL);
}

/// Whether the newest error only says that a PEM file has no (further) block of the kind wanted.
static inline int apus_is_end_of_pem(void) {
    unsigned long code = ERR_peek_last_error();
    if (ERR_GET_LIB(code) == ERR_LIB_OSSL_DECODER) return 1;
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

/// Whether the newest error says that a key wants a passphrase.
static inline int apus_is_locked_pem(void) {
    unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ;
}

/// A time in seconds since 1970; INT64_MIN if the text in the certificate is no time.
static inline int64_t apus_seconds(const ASN1_TIME *time) {
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int known = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time);
    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : INT64_MIN;
}

/// Copies the `index`th DNS name of a certificate; its length, -1 after the last, 0 if unusable.
static inline int apus_dns_name(const X509 *certificate, int index, char *room, int capacity) {
    GENERAL_NAMES *names =
        (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int length = -1;
    if (names != NULL && index < sk_GENERAL_NAME_num(names)) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        length = 0;
        if (name->type == GEN_DNS) {
            int count = ASN1_STRING_length(name->d.dNSName);
            if (count > 0 && count <= capacity) {
                memcpy(room, ASN1_STRING_get0_data(name->d.dNSName), (size_t)count);
                length = count;
            }
        }
    }
    GENERAL_NAMES_free(names);
    return length;
}

#endif
