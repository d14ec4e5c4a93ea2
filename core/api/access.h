/* access.h - who may talk to the TCP listener: authority, certificate, token, kubeconfig. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_API_ACCESS_H
#define BELFRY_CORE_API_ACCESS_H

#include <stdbool.h>

#include "core/base/clk.h"
#include "core/base/error.h"
#include "core/base/str.h"

/* PEM texts and the token. `= {0}` is empty. */
struct access {
    char *authority;   /* the certificate of our own CA: clients trust it */
    char *certificate; /* the server's, signed by it */
    char *key;         /* the server's */
    char *token;       /* 43 characters of base64url: 256 random bits */
};

/* Reads them from FOLDER (home/access), or makes what is not there: an ECDSA P-256 authority for
 * ten years, a server certificate for one, a token. The certificate is made anew when it ends
 * within 30 days or does not name HOST (the host part of --listen). It names 127.0.0.1, ::1,
 * localhost, the machine's host name and HOST. Files are 0600, the folder 0700. */
must_use bool access_open(const char *folder, const char *host, const struct clk *clk,
                          struct access *ret, struct error *err);
void access_done(struct access *access);

/* HEADER is the value of Authorization, "" when there is none. The comparison takes the same time
 * wherever the token is wrong. */
bool access_allows(const struct access *access, const char *header);

/* A kubeconfig with the CA and the token for SERVER ("https://127.0.0.1:6443"); adds to RET. */
void access_kubeconfig(const struct access *access, const char *server, struct str *ret);

#endif
