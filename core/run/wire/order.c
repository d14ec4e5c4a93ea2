/* order.c - the shim's order file: what to execute, and within which limits. */
/* SPDX-License-Identifier: MIT */
#include "core/run/wire/order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run/wire/sum.h"

#define ORDER_HEAD "belfry-order 1"
#define KEY_SIZE 4 /* "arg=" and "env=", the two keys that may repeat */

/* One key of an order: a number or a text, at an offset in the struct. */
static const struct order_field {
    const char *key;
    size_t offset;
    bool is_text;
    bool required;
} order_fields[] = {
    {"log-folder", offsetof(struct order, log_folder), true, true},
    {"number", offsetof(struct order, number), false, true},
    {"cwd", offsetof(struct order, cwd), true, true},
    {"uid", offsetof(struct order, uid), false, true},
    {"gid", offsetof(struct order, gid), false, true},
    {"groups", offsetof(struct order, groups), true, false},
    {"umask", offsetof(struct order, file_mask), false, true},
    {"deadline-boot", offsetof(struct order, deadline_boot), false, true},
    {"deadline-wall", offsetof(struct order, deadline_wall), false, true},
    {"boot", offsetof(struct order, boot_id), true, true},
    {"grace", offsetof(struct order, grace), false, true},
    {"leave-children", offsetof(struct order, leave_children), false, true},
};
#define ORDER_FIELD_COUNT (sizeof order_fields / sizeof *order_fields)

static void text_put(char *buffer, size_t size, size_t *len, const char *key, const char *value)
{
    size_t key_len = strlen(key);
    size_t value_len = strlen(value) + 1;
    if (*len <= size && key_len + value_len <= size - *len) {
        memcpy(buffer + *len, key, key_len);
        memcpy(buffer + *len + key_len, value, value_len);
    }
    *len += key_len + value_len;
}

size_t order_print(const struct order *order, char *buffer, size_t size)
{
    size_t len = 0;
    char key[32];
    char number[32];
    text_put(buffer, size, &len, "", ORDER_HEAD);
    for (size_t i = 0; i < ORDER_FIELD_COUNT; i++) {
        const struct order_field *field = &order_fields[i];
        const char *at = (const char *)order + field->offset;
        const char *text = number;
        (void)snprintf(key, sizeof key, "%s=", field->key);
        if (field->is_text) {
            memcpy(&text, at, sizeof text);
        } else {
            int64_t value;
            memcpy(&value, at, sizeof value);
            (void)snprintf(number, sizeof number, "%" PRId64, value);
        }
        if (text) {
            text_put(buffer, size, &len, key, text);
        }
    }
    for (const char *const *arg = order->argv; *arg; arg++) {
        text_put(buffer, size, &len, "arg=", *arg);
    }
    for (const char *const *env = order->env; *env; env++) {
        text_put(buffer, size, &len, "env=", *env);
    }
    (void)snprintf(number, sizeof number, "%016" PRIx64, len <= size ? sum_of(buffer, len) : 0);
    text_put(buffer, size, &len, "sum=", number);
    return len;
}

static bool field_set(struct order *order, const struct order_field *field, const char *value)
{
    char *at = (char *)order + field->offset;
    if (field->is_text) {
        memcpy(at, &value, sizeof value);
        return true;
    }
    char *end;
    errno = 0;
    int64_t number = strtoll(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0') {
        return false;
    }
    memcpy(at, &number, sizeof number);
    return true;
}

/* Notes one of a run of texts with the same key; they must follow one another. */
static bool run_note(const char **first, size_t *count, const char **next, const char *text)
{
    if (*count == 0) {
        *first = text;
    } else if (*next != text) {
        return false;
    }
    *next = text + strlen(text) + 1;
    (*count)++;
    return true;
}

static bool order_take(struct order *order, const char *text, const char **next, unsigned *seen)
{
    if (strncmp(text, "arg=", KEY_SIZE) == 0) {
        return run_note(&order->first_arg, &order->arg_count, next, text);
    }
    if (strncmp(text, "env=", KEY_SIZE) == 0) {
        return run_note(&order->first_env, &order->env_count, next, text);
    }
    const char *equals = strchr(text, '=');
    if (!equals) {
        return false;
    }
    size_t len = (size_t)(equals - text);
    for (unsigned i = 0; i < ORDER_FIELD_COUNT; i++) {
        const char *key = order_fields[i].key;
        if (strlen(key) == len && memcmp(key, text, len) == 0) {
            *seen |= 1u << i;
            return field_set(order, &order_fields[i], equals + 1);
        }
    }
    return true; /* a key of a later version */
}

bool order_parse(const char *text, size_t len, struct order *ret)
{
    static const char sum_key[] = "sum=";
    const size_t tail = sizeof sum_key - 1 + 16 + 1;
    struct order order = {0};
    unsigned seen = 0;
    char want[17];
    if (len <= tail || len > ORDER_SIZE_MAX || text[len - 1] != '\0' ||
        strnlen(text, len) != strlen(ORDER_HEAD) || strcmp(text, ORDER_HEAD) != 0) {
        return false;
    }
    const char *end = text + len - tail;
    (void)snprintf(want, sizeof want, "%016" PRIx64, sum_of(text, len - tail));
    if (end[-1] != '\0' || memcmp(end, sum_key, sizeof sum_key - 1) != 0 ||
        strcmp(end + sizeof sum_key - 1, want) != 0) {
        return false;
    }
    const char *next = NULL;
    for (const char *at = text + sizeof ORDER_HEAD; at < end; at += strlen(at) + 1) {
        if (!order_take(&order, at, &next, &seen)) {
            return false;
        }
    }
    for (unsigned i = 0; i < ORDER_FIELD_COUNT; i++) {
        if (order_fields[i].required && !(seen & 1u << i)) {
            return false;
        }
    }
    if (order.arg_count == 0 || order.number < 0 || order.number > INT32_MAX || order.grace < 0) {
        return false;
    }
    *ret = order;
    return true;
}

void order_pointers(const char *first, size_t count, char **ret)
{
    for (size_t i = 0; i < count; i++) {
        ret[i] = (char *)first + KEY_SIZE; /* execve wants them writable, and writes nothing */
        first += strlen(first) + 1;
    }
    ret[count] = NULL;
}
