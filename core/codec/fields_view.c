/* fields_view.c - documents to views and back, by the field tables. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/codec/fields.h"
#include "core/model/plain.h"

/* A view's member is reached by its offset, so it is read and written as the type that the row's
 * kind stands for. These are what lies behind the kinds. */
struct any_vec {
    void *data;
    size_t len, capacity;
};

struct int_vec {
    int64_t *data;
    size_t len, capacity;
};

enum some_enum { SOME_ENUM };
static_assert(sizeof(enum some_enum) == sizeof(int), "an enum is kept as an int");
static_assert(sizeof(struct any_vec) == sizeof(struct texts), "all vectors are laid out alike");

static void *member_of(void *view, int at)
{
    return (char *)view + at - 1;
}

static const void *member_of_const(const void *view, int at)
{
    return (const char *)view + at - 1;
}

/* --- decoding --- */

/* Absent times are not 0. */
static void clear_times(const struct field_table *table, void *view)
{
    for (size_t i = 0; i < table->len; i++) {
        const struct field *field = &table->data[i];
        if (field->at == 0) {
            continue;
        }
        if (field->kind == FIELD_TIME || field->kind == FIELD_NTIME) {
            *(int64_t *)member_of(view, field->at) = SEC_NONE;
        } else if (field->kind == FIELD_OBJECT) {
            clear_times(field->table, member_of(view, field->at));
        }
    }
}

static void decode_object(const struct field_table *table, const cJSON *tree, void *view);

static void decode_enum(const struct field *field, const cJSON *node, void *member)
{
    for (int i = 0; cJSON_IsString(node) && i < field->names_count; i++) {
        if (strcmp(field->names[i], node->valuestring) == 0) {
            *(int *)member = i;
            return;
        }
    }
}

static void decode_texts(const cJSON *node, struct texts *texts)
{
    for (const cJSON *child = node->child; cJSON_IsArray(node) && child; child = child->next) {
        if (cJSON_IsString(child)) {
            vec_push(texts, child->valuestring);
        }
    }
}

static void decode_ints(const cJSON *node, struct int_vec *ints)
{
    for (const cJSON *child = node->child; cJSON_IsArray(node) && child; child = child->next) {
        int64_t value;
        if (tree_node_int(child, &value)) {
            vec_push(ints, value);
        }
    }
}

static void decode_pairs(const cJSON *node, struct pairs *pairs)
{
    for (const cJSON *child = node->child; cJSON_IsObject(node) && child; child = child->next) {
        if (cJSON_IsString(child)) {
            vec_push(pairs, (struct pair){.key = child->string, .value = child->valuestring});
        }
    }
}

static void decode_list(const struct field_table *table, const cJSON *node, struct any_vec *list)
{
    size_t count = (size_t)cJSON_GetArraySize(node);
    if (!cJSON_IsArray(node) || count == 0) {
        return;
    }
    *list = (struct any_vec){.data = xcalloc(count, table->size), .len = count, .capacity = count};
    char *element = list->data;
    for (const cJSON *child = node->child; child; child = child->next) {
        clear_times(table, element);
        decode_object(table, child, element);
        element += table->size;
    }
}

static void decode_int_or_text(const cJSON *node, struct int_or_text *ret)
{
    ret->set = tree_node_int(node, &ret->number) || cJSON_IsString(node);
    ret->text = cJSON_GetStringValue(node);
}

static void decode_value(const struct field *field, const cJSON *node, void *member)
{
    const char *text = cJSON_GetStringValue(node);
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_QUANTITY: *(const char **)member = text; break;
    case FIELD_INT: tree_node_int(node, member); break;
    case FIELD_OPT_INT: {
        struct opt_int *number = member;
        number->set = tree_node_int(node, &number->value);
        break;
    }
    case FIELD_BOOL: *(bool *)member = cJSON_IsTrue(node); break;
    case FIELD_TIME: (void)!(text && stamp_parse_sec(text, member)); break;
    case FIELD_NTIME: (void)!(text && stamp_parse(text, member)); break;
    case FIELD_ENUM: decode_enum(field, node, member); break;
    case FIELD_INT_OR_TEXT: decode_int_or_text(node, member); break;
    case FIELD_TEXTS: decode_texts(node, member); break;
    case FIELD_INTS: decode_ints(node, member); break;
    case FIELD_PAIRS:
    case FIELD_QUANTITIES: decode_pairs(node, member); break;
    case FIELD_OBJECT: decode_object(field->table, node, member); break;
    case FIELD_LIST: decode_list(field->table, node, member); break;
    case FIELD_ANY:
    case FIELD_KIND_COUNT: break;
    }
}

static void set_mark(const struct field *field, void *view)
{
    if (field->mark == MARK_BOOL) {
        *(bool *)member_of(view, field->mark_at) = true;
    } else if (field->mark == MARK_ENUM) {
        *(int *)member_of(view, field->mark_at) = field->mark_value;
    } else if (field->mark == MARK_NAME) {
        *(const char **)member_of(view, field->mark_at) = field->name;
    }
}

static void decode_object(const struct field_table *table, const cJSON *tree, void *view)
{
    for (size_t i = 0; cJSON_IsObject(tree) && i < table->len; i++) {
        const struct field *field = &table->data[i];
        /* Of a double field the first counts, as for tree_get; decoding both would leak one. */
        const cJSON *node = field->at || field->mark ? tree_member(tree, field->name) : NULL;
        if (!node || cJSON_IsNull(node)) {
            continue;
        }
        set_mark(field, view);
        if (field->at) {
            decode_value(field, node, member_of(view, field->at));
        }
    }
}

void fields_decode(const struct field_table *table, const cJSON *tree, void *view)
{
    memset(view, 0, table->size);
    clear_times(table, view);
    decode_object(table, tree, view);
}

/* --- encoding --- */

static cJSON *encode_object(const struct field_table *table, const void *view);

static cJSON *encode_text(const char *text, bool always)
{
    return (text && *text) || always ? cJSON_CreateString(text ? text : "") : NULL;
}

static cJSON *encode_time(const struct field *field, int64_t when)
{
    char text[STAMP_SIZE];
    if (!time_is_set(when)) {
        return NULL;
    }
    return cJSON_CreateString(field->kind == FIELD_TIME ? stamp_sec(text, when)
                                                        : stamp_nsec(text, when));
}

static cJSON *encode_texts(const struct texts *texts)
{
    cJSON *array = texts->len ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < texts->len; i++) {
        tree_add(array, cJSON_CreateString(texts->data[i]));
    }
    return array;
}

static cJSON *encode_ints(const struct int_vec *ints)
{
    cJSON *array = ints->len ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < ints->len; i++) {
        tree_add(array, cJSON_CreateNumber((double)ints->data[i]));
    }
    return array;
}

static cJSON *encode_pairs(const struct pairs *pairs)
{
    cJSON *object = pairs->len ? cJSON_CreateObject() : NULL;
    for (size_t i = 0; i < pairs->len; i++) {
        tree_set_str(object, pairs->data[i].key, pairs->data[i].value);
    }
    return object;
}

static cJSON *encode_list(const struct field_table *table, const struct any_vec *list)
{
    cJSON *array = list->len ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < list->len; i++) {
        tree_add(array, encode_object(table, (const char *)list->data + i * table->size));
    }
    return array;
}

static cJSON *encode_int_or_text(const struct int_or_text *value)
{
    if (!value->set) {
        return NULL;
    }
    return value->text ? cJSON_CreateString(value->text)
                       : cJSON_CreateNumber((double)value->number);
}

/* An object that a mark stands for is there when the mark says so; any other when it is not
 * empty. */
static cJSON *encode_nested(const struct field *field, const void *view)
{
    if (field->mark == MARK_BOOL && !*(const bool *)member_of_const(view, field->mark_at)) {
        return NULL;
    }
    if (field->mark == MARK_ENUM &&
        *(const int *)member_of_const(view, field->mark_at) != field->mark_value) {
        return NULL;
    }
    autotree cJSON *object = encode_object(field->table, member_of_const(view, field->at));
    return object->child || field->mark != MARK_NONE ? steal(&object) : NULL;
}

/* NULL: it is not there. */
static cJSON *encode_value(const struct field *field, const void *view)
{
    const void *member = member_of_const(view, field->at);
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_QUANTITY: return encode_text(*(const char *const *)member, field->always);
    case FIELD_INT: {
        int64_t value = *(const int64_t *)member;
        return value != 0 || field->always ? cJSON_CreateNumber((double)value) : NULL;
    }
    case FIELD_OPT_INT: {
        const struct opt_int *number = member;
        return number->set ? cJSON_CreateNumber((double)number->value) : NULL;
    }
    case FIELD_BOOL: {
        bool value = *(const bool *)member;
        return value || field->always ? cJSON_CreateBool(value) : NULL;
    }
    case FIELD_TIME:
    case FIELD_NTIME: return encode_time(field, *(const int64_t *)member);
    case FIELD_ENUM: {
        int value = *(const int *)member;
        assert(value >= 0 && value < field->names_count);
        return value != 0 || field->always ? encode_text(field->names[value], false) : NULL;
    }
    case FIELD_INT_OR_TEXT: return encode_int_or_text(member);
    case FIELD_TEXTS: return encode_texts(member);
    case FIELD_INTS: return encode_ints(member);
    case FIELD_PAIRS:
    case FIELD_QUANTITIES: return encode_pairs(member);
    case FIELD_OBJECT: return encode_nested(field, view);
    case FIELD_LIST: return encode_list(field->table, member);
    case FIELD_ANY:
    case FIELD_KIND_COUNT: break;
    }
    return NULL;
}

static cJSON *encode_object(const struct field_table *table, const void *view)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < table->len; i++) {
        const struct field *field = &table->data[i];
        cJSON *value = field->at ? encode_value(field, view) : NULL;
        if (value) {
            cJSON_AddItemToObject(object, field->name, value);
        }
    }
    return object;
}

cJSON *fields_encode(const struct field_table *table, const void *view)
{
    return encode_object(table, view);
}
