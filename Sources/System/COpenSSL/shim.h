// OpenSSL 3.0 as Swift needs it: the macros that its importer cannot see, as static inline functions.
#pragma once
// The one-shot EVP interface of 3.0 allocates for each HMAC; SHA_CTX does not, and is called deprecated.
#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#endif
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/time.h>

static inline EVP_PKEY *nc_p256_key(void) { return EVP_EC_gen("P-256"); }

static inline int nc_ctx_dtls12_only(SSL_CTX *ctx) {
    return SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) && SSL_CTX_set_max_proto_version(ctx, DTLS1_2_VERSION);
}
static inline long nc_ctx_set_groups(SSL_CTX *ctx, const char *groups) { return SSL_CTX_set1_groups_list(ctx, groups); }
// The path's MTU is ours to say; no resumption, no compression, no second handshake in a session.
static inline void nc_ctx_plain_sessions(SSL_CTX *ctx) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}
static inline long nc_ssl_set_mtu(SSL *ssl, long mtu) { return SSL_set_mtu(ssl, mtu); }
static inline long nc_dtls_get_timeout(SSL *ssl, struct timeval *left) { return DTLSv1_get_timeout(ssl, left); }
static inline long nc_dtls_handle_timeout(SSL *ssl) { return DTLSv1_handle_timeout(ssl); }

static inline long nc_bio_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
static inline int nc_bio_reset(BIO *bio) { return (int)BIO_reset(bio); }
static inline long nc_bio_mem_retry_when_empty(BIO *bio) { return BIO_set_mem_eof_return(bio, -1); }

static inline int nc_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int nc_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

// The subject alternative names of a certificate: the URI entries only (RFC 5280 section 4.2.1.6).
static inline GENERAL_NAMES *nc_alt_names(const X509 *x) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
}
static inline int nc_alt_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const unsigned char *nc_alt_name_uri(const GENERAL_NAMES *names, int i, int *length) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    if (!name || name->type != GEN_URI) return NULL;
    *length = ASN1_STRING_length(name->d.uniformResourceIdentifier);
    return ASN1_STRING_get0_data(name->d.uniformResourceIdentifier);
}
static inline void nc_alt_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

// PKCS #8 under PBES2 with scrypt (OpenSSL's own cost, 16 MB), AES-256-CBC: readable by every OpenSSL since 1.1.
static inline int nc_write_encrypted_key(BIO *bio, EVP_PKEY *key, const unsigned char *pass, int length) {
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
    X509_ALGOR *way = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, 16384, 8, 1);
    X509_SIG *sealed = plain && way ? PKCS8_set0_pbe((const char *)pass, length, plain, way) : NULL;
    // The sealed form owns the way from here on.
    if (!sealed) X509_ALGOR_free(way);
    PKCS8_PRIV_KEY_INFO_free(plain);
    int done = sealed ? PEM_write_bio_PKCS8(bio, sealed) : 0;
    X509_SIG_free(sealed);
    return done;
}

static inline int nc_mbstring_utf8(void) { return MBSTRING_UTF8; }
static inline void nc_v3_context(X509V3_CTX *v3, X509 *issuer, X509 *subject) {
    X509V3_set_ctx_nodb(v3);
    X509V3_set_ctx(v3, issuer, subject, NULL, NULL, 0);
}
