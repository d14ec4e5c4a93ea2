/* meta.c - an object's metadata: names, versions, times, labels, annotations, owners. */
/* SPDX-License-Identifier: MIT */
#include "core/model/meta.h"

#include <string.h>

void meta_done(struct meta *meta)
{
    vec_done(&meta->labels);
    vec_done(&meta->annotations);
    vec_done(&meta->owners);
    vec_done(&meta->finalizers);
}

const char *meta_label(const struct meta *meta, const char *key)
{
    return pairs_get(&meta->labels, key);
}

const char *meta_annotation(const struct meta *meta, const char *key)
{
    return pairs_get(&meta->annotations, key);
}

bool meta_flag(const struct meta *meta, const char *key)
{
    const char *value = meta_annotation(meta, key);
    return value && strcmp(value, "true") == 0;
}

const struct owner *meta_controller(const struct meta *meta)
{
    for (size_t i = 0; i < meta->owners.len; i++) {
        if (meta->owners.data[i].controller) {
            return &meta->owners.data[i];
        }
    }
    return NULL;
}
