/* access.c - who may talk to the TCP listener: authority, certificate, token, kubeconfig. */
/* SPDX-License-Identifier: MIT */
#include "core/api/access.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/base/file.h"

#define DAY INT64_C(86400)
#define AUTHORITY_DAYS 3650
#define CERTIFICATE_DAYS 365
#define RENEW_DAYS 30
#define TOKEN_BYTES 32
#define MOST_BYTES ((size_t)64 * 1024) /* of any of the files */

/* One certificate with its key, in GnuTLS' form. */
struct pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

static void pair_done(struct pair *pair)
{
    if (pair->certificate) {
        gnutls_x509_crt_deinit(pair->certificate);
    }
    if (pair->key) {
        gnutls_x509_privkey_deinit(pair->key);
    }
    *pair = (struct pair){0};
}

static bool tls_fault(int code, const char *doing, struct error *err)
{
    error_set(err, ERROR_INTERNAL, "%s: %s", doing, gnutls_strerror(code));
    if (err) {
        err->sys = code;
    }
    return false;
}

static bool random_bytes(unsigned char *bytes, size_t len, struct error *err)
{
    if (getrandom(bytes, len, 0) != (ssize_t)len) {
        return error_set(err, ERROR_INTERNAL, "no randomness from the system");
    }
    return true;
}

/* An empty certificate over a new key, valid from yesterday: clocks differ. */
static bool pair_begin(struct pair *pair, const char *name, sec_t now, int days, struct error *err)
{
    unsigned char serial[16];
    if (!random_bytes(serial, sizeof serial, err)) {
        return false;
    }
    serial[0] &= 0x7f; /* positive, RFC 5280 section 4.1.2.2 */
    int code = gnutls_x509_privkey_init(&pair->key);
    code = code ? code
                : gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA,
                                               GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    code = code ? code : gnutls_x509_crt_init(&pair->certificate);
    code = code ? code : gnutls_x509_crt_set_version(pair->certificate, 3);
    code = code ? code : gnutls_x509_crt_set_serial(pair->certificate, serial, sizeof serial);
    code = code ? code : gnutls_x509_crt_set_activation_time(pair->certificate, now - DAY);
    code = code ? code : gnutls_x509_crt_set_expiration_time(pair->certificate, now + days * DAY);
    code = code ? code
                : gnutls_x509_crt_set_dn_by_oid(pair->certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                                name, (unsigned)strlen(name));
    code = code ? code : gnutls_x509_crt_set_key(pair->certificate, pair->key);
    unsigned char id[64];
    size_t len = sizeof id;
    code = code ? code : gnutls_x509_crt_get_key_id(pair->certificate, 0, id, &len);
    code = code ? code : gnutls_x509_crt_set_subject_key_id(pair->certificate, id, len);
    return code ? tls_fault(code, "cannot make a certificate", err) : true;
}

static bool pair_sign(struct pair *pair, const struct pair *authority, struct error *err)
{
    int code = gnutls_x509_crt_sign2(pair->certificate, authority->certificate, authority->key,
                                     GNUTLS_DIG_SHA256, 0);
    return code ? tls_fault(code, "cannot sign a certificate", err) : true;
}

static bool authority_make(struct pair *ret, sec_t now, struct error *err)
{
    if (!pair_begin(ret, "belfry-ca", now, AUTHORITY_DAYS, err)) {
        return false;
    }
    int code = gnutls_x509_crt_set_basic_constraints(ret->certificate, 1, 0);
    code = code ? code
                : gnutls_x509_crt_set_key_usage(ret->certificate,
                                                GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
    return code ? tls_fault(code, "cannot make a certificate", err) : pair_sign(ret, ret, err);
}

static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    unsigned char address[16];
    if (inet_pton(AF_INET, name, address) == 1) {
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address, 4,
                                                    GNUTLS_FSAN_APPEND);
    }
    if (inet_pton(AF_INET6, name, address) == 1) {
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address, 16,
                                                    GNUTLS_FSAN_APPEND);
    }
    return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name,
                                                (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

static bool certificate_make(struct pair *ret, const struct pair *authority, const char *host,
                             sec_t now, struct error *err)
{
    char machine[HOST_NAME_MAX + 1] = "";
    (void)gethostname(machine, sizeof machine - 1);
    if (!pair_begin(ret, "belfry", now, CERTIFICATE_DAYS, err)) {
        return false;
    }
    const char *const names[] = {"localhost", "127.0.0.1", "::1", machine, host};
    int code = 0;
    for (size_t i = 0; i < countof(names) && !code; i++) {
        bool seen = !*names[i];
        for (size_t j = 0; j < i; j++) {
            seen = seen || text_same(names[j], names[i]);
        }
        code = seen ? 0 : add_name(ret->certificate, names[i]);
    }
    unsigned char id[64];
    size_t len = sizeof id;
    code = code ? code : gnutls_x509_crt_get_subject_key_id(authority->certificate, id, &len, NULL);
    code = code ? code : gnutls_x509_crt_set_authority_key_id(ret->certificate, id, len);
    code = code ? code : gnutls_x509_crt_set_basic_constraints(ret->certificate, 0, -1);
    code =
        code ? code : gnutls_x509_crt_set_key_usage(ret->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    code = code
               ? code
               : gnutls_x509_crt_set_key_purpose_oid(ret->certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    return code ? tls_fault(code, "cannot make a certificate", err)
                : pair_sign(ret, authority, err);
}

/* What is in the files is as good as new: it will last, names HOST, and is AUTHORITY's. */
static bool certificate_good(const struct pair *pair, const struct pair *authority,
                             const char *host, sec_t now)
{
    unsigned fault = 0;
    return gnutls_x509_crt_get_expiration_time(pair->certificate) > now + RENEW_DAYS * DAY &&
           gnutls_x509_crt_get_activation_time(pair->certificate) <= now &&
           (!*host || gnutls_x509_crt_check_hostname(pair->certificate, host)) &&
           gnutls_x509_crt_list_verify(&pair->certificate, 1, &authority->certificate, 1, NULL, 0,
                                       GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &fault) == 0 &&
           fault == 0;
}

/* NAME.crt and NAME.key in FOLDER. False without a fault (err->code 0) when either is missing. */
static bool pair_read(const char *folder, const char *name, struct pair *ret, struct error *err)
{
    autofree char *crt_path = xasprintf("%s/%s.crt", folder, name);
    autofree char *key_path = xasprintf("%s/%s.key", folder, name);
    cleanup_with(str_done) struct str crt = {0}, key = {0};
    if (!file_exists(crt_path) || !file_exists(key_path)) {
        return false;
    }
    if (!file_read(crt_path, MOST_BYTES, &crt, err) ||
        !file_read(key_path, MOST_BYTES, &key, err)) {
        return false;
    }
    gnutls_datum_t crt_text = {(unsigned char *)crt.data, (unsigned)crt.len};
    gnutls_datum_t key_text = {(unsigned char *)key.data, (unsigned)key.len};
    int code = gnutls_x509_crt_init(&ret->certificate);
    code = code ? code : gnutls_x509_privkey_init(&ret->key);
    code = code ? code : gnutls_x509_crt_import(ret->certificate, &crt_text, GNUTLS_X509_FMT_PEM);
    code = code ? code : gnutls_x509_privkey_import(ret->key, &key_text, GNUTLS_X509_FMT_PEM);
    gnutls_memset(key.data, 0, key.len);
    if (code) {
        tls_fault(code, crt_path, err);
        return error_hint(err, "remove \"%s\" to have it made anew", folder);
    }
    return true;
}

static bool pair_text(const struct pair *pair, char **ret_certificate, char **ret_key,
                      struct error *err)
{
    gnutls_datum_t crt = {0}, key = {0};
    int code = gnutls_x509_crt_export2(pair->certificate, GNUTLS_X509_FMT_PEM, &crt);
    code = code ? code : gnutls_x509_privkey_export2(pair->key, GNUTLS_X509_FMT_PEM, &key);
    if (!code) {
        *ret_certificate = xstrndup((char *)crt.data, crt.size);
        *ret_key = xstrndup((char *)key.data, key.size);
        gnutls_memset(key.data, 0, key.size);
    }
    gnutls_free(crt.data);
    gnutls_free(key.data);
    return code ? tls_fault(code, "cannot write a certificate", err) : true;
}

static bool pair_write(const char *folder, const char *name, const struct pair *pair,
                       struct error *err)
{
    autofree char *crt = NULL, *key = NULL;
    autofree char *crt_path = xasprintf("%s/%s.crt", folder, name);
    autofree char *key_path = xasprintf("%s/%s.key", folder, name);
    /* The key first: a certificate without its key would be taken for a pair. */
    return pair_text(pair, &crt, &key, err) &&
           file_write_atomic(key_path, key, strlen(key), 0600, err) &&
           file_write_atomic(crt_path, crt, strlen(crt), 0600, err);
}

/* Reads the pair, or makes it with AUTHORITY (NULL: the authority itself). */
static bool pair_open(const char *folder, const char *name, const struct pair *authority,
                      const char *host, sec_t now, struct pair *ret, struct error *err)
{
    struct error fault = {0};
    bool there = pair_read(folder, name, ret, &fault);
    if (!there && fault.code) {
        if (err) {
            *err = fault;
        }
        return false;
    }
    if (there && (!authority || certificate_good(ret, authority, host, now))) {
        return true;
    }
    pair_done(ret);
    return (authority ? certificate_make(ret, authority, host, now, err)
                      : authority_make(ret, now, err)) &&
           pair_write(folder, name, ret, err);
}

static char *base64(const void *bytes, size_t len)
{
    gnutls_datum_t in = {(unsigned char *)bytes, (unsigned)len}, out = {0};
    if (gnutls_base64_encode2(&in, &out) != 0) {
        return xstrdup("");
    }
    char *text = xstrndup((char *)out.data, out.size);
    gnutls_free(out.data);
    return text;
}

static char *token_make(struct error *err)
{
    unsigned char bytes[TOKEN_BYTES];
    if (!random_bytes(bytes, sizeof bytes, err)) {
        return NULL;
    }
    char *token = base64(bytes, sizeof bytes);
    /* base64url without padding: safe in headers, URLs and YAML. */
    for (char *c = token; *c; c++) {
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    }
    token[strcspn(token, "=")] = '\0';
    return token;
}

static char *token_open(const char *folder, struct error *err)
{
    autofree char *path = xasprintf("%s/token", folder);
    cleanup_with(str_done) struct str text = {0};
    if (file_exists(path)) {
        if (!file_read(path, MOST_BYTES, &text, err)) {
            return NULL;
        }
        str_cut(&text, strcspn(str_text(&text), "\r\n"));
        if (text.len < 16) {
            error_set(err, ERROR_INVALID, "the token in \"%s\" is shorter than 16 characters",
                      path);
            error_hint(err, "remove the file to have one made");
            return NULL;
        }
        return str_take(&text);
    }
    autofree char *token = token_make(err);
    if (!token) {
        return NULL;
    }
    str_addf(&text, "%s\n", token);
    return file_write_atomic(path, text.data, text.len, 0600, err) ? steal(&token) : NULL;
}

bool access_open(const char *folder, const char *host, const struct clk *clk, struct access *ret,
                 struct error *err)
{
    cleanup_with(pair_done) struct pair authority = {0}, server = {0};
    autofree char *authority_key = NULL;
    struct access access = {0};
    sec_t now = clk_now(clk);
    if (!file_make_folder(folder, 0700, err) ||
        !pair_open(folder, "ca", NULL, "", now, &authority, err) ||
        !pair_open(folder, "server", &authority, host, now, &server, err) ||
        !pair_text(&authority, &access.authority, &authority_key, err) ||
        !pair_text(&server, &access.certificate, &access.key, err) ||
        !(access.token = token_open(folder, err))) {
        access_done(&access);
        return false;
    }
    gnutls_memset(authority_key, 0, strlen(authority_key));
    *ret = access;
    return true;
}

void access_done(struct access *access)
{
    if (access->key) {
        gnutls_memset(access->key, 0, strlen(access->key));
    }
    free(access->authority);
    free(access->certificate);
    free(access->key);
    free(access->token);
    *access = (struct access){0};
}

bool access_allows(const struct access *access, const char *header)
{
    static const char scheme[] = "Bearer ";
    if (!access->token || strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
        return false;
    }
    const char *given = header + sizeof scheme - 1;
    size_t len = strlen(access->token);
    return strlen(given) == len && gnutls_memcmp(given, access->token, len) == 0;
}

void access_kubeconfig(const struct access *access, const char *server, struct str *ret)
{
    autofree char *authority = base64(access->authority, strlen(access->authority));
    str_add(ret, "apiVersion: v1\nkind: Config\ncurrent-context: belfry\nclusters:\n"
                 "- name: belfry\n  cluster:\n    server: ");
    str_add_json(ret, server);
    str_addf(ret,
             "\n    certificate-authority-data: %s\nusers:\n- name: belfry\n  user:\n"
             "    token: %s\ncontexts:\n- name: belfry\n  context:\n    cluster: belfry\n"
             "    user: belfry\n    namespace: default\n",
             authority, access->token);
}
