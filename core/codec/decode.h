/* decode.h - documents to typed views, and views to documents. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_CODEC_DECODE_H
#define BELFRY_CORE_CODEC_DECODE_H

#include "core/codec/tree.h"
#include "core/model/cronjob.h"
#include "core/model/event.h"
#include "core/model/pod.h"
#include "core/model/run.h"

/* Each fills a view of DOCUMENT, whose texts it borrows: the tree must outlive the view. *ret is
 * overwritten (release an old one first) and released with its _done(). False, with *ret empty,
 * only when DOCUMENT is no object or says another kind. */
must_use bool cronjob_decode(const cJSON *document, struct cronjob *ret, struct error *err);
must_use bool job_decode(const cJSON *document, struct job *ret, struct error *err);
must_use bool pod_decode(const cJSON *document, struct pod *ret, struct error *err);
must_use bool event_decode(const cJSON *document, struct event *ret, struct error *err);
must_use bool run_decode(const cJSON *document, struct run *ret, struct error *err);
/* `metadata` of any document; a view without its spec, for lists. */
void meta_decode(const cJSON *document, struct meta *ret);

/* Whole documents with apiVersion and kind; the tree is yours. */
cJSON *event_encode(const struct event *event);
cJSON *run_encode(const struct run *run);
/* `status` alone, to be put into the document: tree_set(document, "status", ...). */
cJSON *cronjob_status_encode(const struct cronjob_status *status);
cJSON *job_status_encode(const struct job_status *status);
cJSON *pod_status_encode(const struct pod_status *status);
/* metadata, and one ownerReference. */
cJSON *meta_encode(const struct meta *meta);
cJSON *owner_encode(const struct owner *owner);

/* An empty document of KIND: apiVersion, kind, metadata {name, namespace}. NS NULL: none. */
cJSON *document_new(enum kind kind, const char *ns, const char *name);

#endif
