/* plain.c - the small plain-data pieces that all objects are made of. */
/* SPDX-License-Identifier: MIT */
#include "core/model/plain.h"

#include <string.h>

const char *pairs_get(const struct pairs *pairs, const char *key)
{
    for (size_t i = 0; i < pairs->len; i++) {
        if (strcmp(pairs->data[i].key, key) == 0) {
            return pairs->data[i].value;
        }
    }
    return NULL;
}

bool texts_have(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->len; i++) {
        if (strcmp(texts->data[i], text) == 0) {
            return true;
        }
    }
    return false;
}
