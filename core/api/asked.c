/* asked.c - what a reader asked for: which objects (selectors), and in which form (object, row). */
/* SPDX-License-Identifier: MIT */
#include "core/api/asked.h"

#include <string.h>

#include "core/api/server.h"
#include "core/codec/columns.h"
#include "core/codec/document.h"

/* The value of a rule "KEY=value"; NULL where there is none. */
static const char *equal_to(const struct selector *selector, const char *key)
{
    for (size_t i = 0; i < selector->len; i++) {
        const struct selector_rule *rule = &selector->data[i];
        if (rule->op == SELECTOR_IN && rule->values.len == 1 && text_same(rule->key, key)) {
            return rule->values.data[0];
        }
    }
    return NULL;
}

/* "cronJob=x" is the short way to say "spec.cronJobName=x" of runs: what people type. */
static char *spell_out(enum kind kind, const char *fields)
{
    static const char word[] = "cronJob";
    struct str text = {0};
    for (const char *at = fields; *at;) {
        size_t len = strcspn(at, ",");
        size_t skip = 0;
        if (kind == KIND_RUN && text_starts(at, word) && at[sizeof word - 1] &&
            strchr("=!", at[sizeof word - 1])) {
            str_add(&text, "spec.cronJobName");
            skip = sizeof word - 1;
        }
        len += at[len] == ',';
        str_add_bytes(&text, at + skip, len - skip);
        at += len;
    }
    return str_take(&text);
}

static char *copy_or_null(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

bool asked_read(const struct request *request, struct asked *ret, struct error *err)
{
    const struct uri *uri = &request->uri;
    const char *labels = uri_param(uri, "labelSelector");
    const char *fields = uri_param(uri, "fieldSelector");
    const char *include = uri_param(uri, "includeObject");
    autofree char *spelled = fields ? spell_out(request->kind, fields) : NULL;
    struct asked asked = {.kind = request->kind, .clk = request->api->clk};
    asked.table = strstr(request->accept, "as=Table") != NULL;
    if (include && *include && !text_same(include, "Metadata") && !text_same(include, "Object") &&
        !text_same(include, "None")) {
        return error_set(err, ERROR_BAD_REQUEST,
                         "includeObject \"%s\" is none of Metadata, Object, None", include);
    }
    (void)text_copy(asked.include, sizeof asked.include,
                    include && *include ? include : "Metadata");
    if ((labels && *labels && !selector_parse_labels(labels, &asked.labels, err)) ||
        (fields && *fields && !selector_parse_fields(spelled, request->kind, &asked.fields, err))) {
        asked_done(&asked);
        return false;
    }
    asked.name =
        copy_or_null(request->name ? request->name : equal_to(&asked.fields, "metadata.name"));
    asked.ns =
        copy_or_null(request->ns ? request->ns : equal_to(&asked.fields, "metadata.namespace"));
    asked.cronjob = copy_or_null(equal_to(&asked.fields, "spec.cronJobName"));
    asked.cronjob_uid = copy_or_null(equal_to(&asked.fields, "spec.cronJobUID"));
    *ret = asked;
    return true;
}

void asked_done(struct asked *asked)
{
    free(asked->ns);
    free(asked->name);
    free(asked->cronjob);
    free(asked->cronjob_uid);
    selector_done(&asked->labels);
    selector_done(&asked->fields);
    *asked = (struct asked){0};
}

bool asked_all(const struct asked *asked)
{
    return !asked->labels.len && !asked->fields.len;
}

bool asked_matches(const struct asked *asked, const cJSON *document)
{
    return document_matches(document, &asked->labels, &asked->fields);
}

bool asked_print(const struct asked *asked, const char *text, size_t len, const cJSON *document,
                 struct str *out, struct error *err)
{
    if (!asked->table && text) {
        str_add_bytes(out, text, len);
        return true;
    }
    autotree cJSON *read = document ? NULL : tree_parse(text, len, err);
    document = document ? document : read;
    if (!document) {
        return false;
    }
    if (!asked->table) {
        tree_print(out, document, false);
        return true;
    }
    autotree cJSON *row = columns_row(asked->kind, document, asked->include, clk_now(asked->clk));
    tree_print(out, row, false);
    return true;
}

void asked_print_columns(const struct asked *asked, struct str *out)
{
    autotree cJSON *columns = columns_definitions(asked->kind);
    str_add(out, "\"columnDefinitions\":");
    tree_print(out, columns, false);
}
