/* yaml.c - YAML in and out of the tree, with the line of every field. */
/* SPDX-License-Identifier: MIT */
#include "core/codec/yaml.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "core/base/utf8.h"
#include "core/base/vec.h"
#include "core/codec/jsonscan.h"
#include "core/codec/scalar.h"

/* libyaml tells events, not nodes: its own document type gives no marks of keys and loops on
 * recursive aliases. So the tree is built from the events, by a walk as deep as the document. */
struct reader {
    yaml_parser_t parser;
    const char *file;
    struct map anchors; /* name -> the finished node in this document */
    cJSON *kept;        /* values of "<<": anchors may point into them until the document ends */
    struct lines *lines;
    struct str path;
    int depth;
    size_t nodes;
    struct error *err;
};

static cJSON *read_node(struct reader *reader, const yaml_event_t *event);

/* --- faults --- */

format_printf(4, 5) static bool refuse(struct reader *reader, enum error_code code,
                                       yaml_mark_t mark, const char *format, ...)
{
    char what[sizeof reader->err->what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    error_set(reader->err, code, "%s", what);
    return error_at(reader->err, "%s:%zu:%zu", reader->file, mark.line + 1, mark.column + 1);
}

static bool refuse_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "this is not YAML";
    if (parser->error == YAML_READER_ERROR) {
        error_set(reader->err, ERROR_BAD_REQUEST, "%s", problem);
        return error_at(reader->err, "%s, byte %zu", reader->file, parser->problem_offset);
    }
    refuse(reader, ERROR_BAD_REQUEST, parser->problem_mark, "%s", problem);
    if (strstr(problem, "cannot start any token")) {
        error_hint(reader->err, "indent with spaces, not tabs, and quote texts that begin with "
                                "one of @ ` %%");
    } else if (strstr(problem, "mapping values are not allowed")) {
        error_hint(reader->err, "check the indentation of this line, and quote texts that hold "
                                "\": \"");
    }
    return false;
}

static bool next_event(struct reader *reader, yaml_event_t *ret)
{
    return yaml_parser_parse(&reader->parser, ret) || refuse_syntax(reader);
}

static bool count_nodes(struct reader *reader, size_t more, yaml_mark_t mark)
{
    reader->nodes += more;
    return reader->nodes <= TREE_NODES_MOST ||
           refuse(reader, ERROR_TOO_LARGE, mark, "too many values (aliases count at each use)");
}

/* --- nodes --- */

static void event_done(yaml_event_t *event)
{
    yaml_event_delete(event);
}

static void remember_anchor(struct reader *reader, const yaml_char_t *anchor, cJSON *node)
{
    if (anchor) {
        map_put(&reader->anchors, (const char *)anchor, node);
    }
}

static size_t measure(const cJSON *node, int *ret_height)
{
    size_t count = 1;
    int height = 0;
    for (const cJSON *child = node->child; child; child = child->next) {
        int below;
        count += measure(child, &below);
        height = below > height ? below : height;
    }
    *ret_height = height + (cJSON_IsObject(node) || cJSON_IsArray(node));
    return count;
}

static cJSON *read_alias(struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const cJSON *node = map_get(&reader->anchors, name);
    if (!node) {
        refuse(reader, ERROR_BAD_REQUEST, event->start_mark,
               "the alias *%.60s stands before its anchor has ended", name);
        return NULL;
    }
    int height;
    size_t count = measure(node, &height);
    if (!count_nodes(reader, count, event->start_mark)) {
        return NULL;
    }
    if (reader->depth + height > TREE_DEPTH_MOST) {
        refuse(reader, ERROR_TOO_LARGE, event->start_mark, "nested too deep");
        return NULL;
    }
    return tree_copy(node);
}

#define TAG_PREFIX "tag:yaml.org,2002:"

/* A scalar with a tag: !!str makes a text of anything; the others only confirm. */
static cJSON *tagged_scalar(struct reader *reader, const yaml_event_t *event, const char *text)
{
    const char *tag = (const char *)event->data.scalar.tag;
    if (strcmp(tag, "!") == 0 || strcmp(tag, TAG_PREFIX "str") == 0) {
        return cJSON_CreateString(text);
    }
    autotree cJSON *value = scalar_resolve(text, NULL);
    if ((strcmp(tag, TAG_PREFIX "int") == 0 && cJSON_IsNumber(value)) ||
        (strcmp(tag, TAG_PREFIX "float") == 0 && cJSON_IsNumber(value)) ||
        (strcmp(tag, TAG_PREFIX "bool") == 0 && cJSON_IsBool(value)) ||
        (strcmp(tag, TAG_PREFIX "null") == 0 && cJSON_IsNull(value))) {
        return steal(&value);
    }
    refuse(reader, ERROR_BAD_REQUEST, event->start_mark, "the tag %.80s does not fit here", tag);
    return NULL;
}

static bool check_text(struct reader *reader, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    return strlen(text) == event->data.scalar.length ||
           refuse(reader, ERROR_BAD_REQUEST, event->start_mark,
                  "a text cannot hold the character U+0000");
}

static cJSON *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    if (!check_text(reader, event)) {
        return NULL;
    }
    if (event->data.scalar.tag) {
        return tagged_scalar(reader, event, text);
    }
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        return cJSON_CreateString(text);
    }
    cJSON *value = scalar_resolve(text, reader->err);
    if (!value) {
        error_at(reader->err, "%s:%zu:%zu", reader->file, event->start_mark.line + 1,
                 event->start_mark.column + 1);
    }
    return value;
}

static void note_place(struct reader *reader, yaml_mark_t mark)
{
    if (reader->lines) {
        lines_add(reader->lines, str_text(&reader->path), (int)mark.line + 1, (int)mark.column + 1);
    }
}

static cJSON *read_sequence(struct reader *reader, const yaml_event_t *start)
{
    autotree cJSON *array = cJSON_CreateArray();
    size_t outer = reader->path.len;
    for (size_t i = 0;; i++) {
        cleanup_with(event_done) yaml_event_t event = {0};
        if (!next_event(reader, &event)) {
            return NULL;
        }
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            break;
        }
        str_addf(&reader->path, "[%zu]", i);
        note_place(reader, event.start_mark);
        cJSON *value = read_node(reader, &event);
        if (!value) {
            return NULL;
        }
        str_cut(&reader->path, outer);
        tree_add(array, value);
    }
    remember_anchor(reader, start->data.sequence_start.anchor, array);
    return steal(&array);
}

/* Keys become texts, as kubectl makes them: 1 is "1", yes is "true". NULL with err set. */
static char *read_key(struct reader *reader, const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT) {
        refuse(reader, ERROR_BAD_REQUEST, event->start_mark, "a key must be a plain text");
        return NULL;
    }
    autotree cJSON *key = read_scalar(reader, event);
    if (!key) {
        return NULL;
    }
    if (cJSON_IsNull(key)) {
        refuse(reader, ERROR_BAD_REQUEST, event->start_mark, "a key must not be null");
        return NULL;
    }
    if (cJSON_IsString(key)) {
        return xstrdup(key->valuestring);
    }
    struct str text = {0};
    tree_print(&text, key, false);
    return str_take(&text);
}

/* "<<: *base": the members of BASE that the mapping does not have itself. */
static bool merge_from(struct reader *reader, cJSON *object, const cJSON *base, yaml_mark_t mark)
{
    if (cJSON_IsArray(base)) {
        for (const cJSON *one = base->child; one; one = one->next) {
            if (!cJSON_IsObject(one)) {
                return refuse(reader, ERROR_BAD_REQUEST, mark, "<< takes mappings only");
            }
            if (!merge_from(reader, object, one, mark)) {
                return false;
            }
        }
        return true;
    }
    if (!cJSON_IsObject(base)) {
        return refuse(reader, ERROR_BAD_REQUEST, mark, "<< takes a mapping or a list of mappings");
    }
    for (const cJSON *member = base->child; member; member = member->next) {
        int height;
        if (tree_member(object, member->string)) {
            continue;
        }
        if (!count_nodes(reader, measure(member, &height), mark)) {
            return false;
        }
        tree_set(object, member->string, tree_copy(member));
    }
    return true;
}

static bool is_merge_key(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag &&
           strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

/* One key and its value. MERGES collects the values of "<<", SEEN the keys with their lines. */
static bool read_pair(struct reader *reader, const yaml_event_t *key_event, cJSON *object,
                      cJSON *merges, struct map *seen)
{
    autofree char *key = read_key(reader, key_event);
    if (!key) {
        return false;
    }
    uintptr_t line = (uintptr_t)key_event->start_mark.line + 1;
    uintptr_t first = (uintptr_t)map_put(seen, key, (void *)line);
    if (first) {
        return refuse(reader, ERROR_BAD_REQUEST, key_event->start_mark,
                      "the key \"%.60s\" stands here twice, first on line %zu", key, (size_t)first);
    }
    size_t outer = reader->path.len;
    str_addf(&reader->path, "%s%s", outer > 0 ? "." : "", key);
    note_place(reader, key_event->start_mark);
    cleanup_with(event_done) yaml_event_t event = {0};
    cJSON *value = next_event(reader, &event) ? read_node(reader, &event) : NULL;
    if (!value) {
        return false;
    }
    str_cut(&reader->path, outer);
    if (is_merge_key(key_event)) {
        tree_add(merges, value);
    } else {
        cJSON_AddItemToObject(object, key, value);
    }
    return true;
}

static bool read_pairs(struct reader *reader, cJSON *object, cJSON *merges, struct map *seen)
{
    for (;;) {
        cleanup_with(event_done) yaml_event_t event = {0};
        if (!next_event(reader, &event)) {
            return false;
        }
        if (event.type == YAML_MAPPING_END_EVENT) {
            return true;
        }
        if (!read_pair(reader, &event, object, merges, seen)) {
            return false;
        }
    }
}

static cJSON *read_mapping(struct reader *reader, const yaml_event_t *start)
{
    autotree cJSON *object = cJSON_CreateObject();
    cJSON *merges = cJSON_CreateArray();
    tree_add(reader->kept, merges);
    struct map seen = {0};
    bool ok = read_pairs(reader, object, merges, &seen);
    map_done(&seen, NULL);
    if (!ok) {
        return NULL;
    }
    for (const cJSON *base = merges->child; base; base = base->next) {
        if (!merge_from(reader, object, base, start->start_mark)) {
            return NULL;
        }
    }
    remember_anchor(reader, start->data.mapping_start.anchor, object);
    return steal(&object);
}

static cJSON *read_collection(struct reader *reader, const yaml_event_t *event)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *tag =
        mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (tag && strcmp((const char *)tag, mapping ? TAG_PREFIX "map" : TAG_PREFIX "seq") != 0) {
        refuse(reader, ERROR_BAD_REQUEST, event->start_mark, "this tag does not fit here");
        return NULL;
    }
    if (++reader->depth > TREE_DEPTH_MOST) {
        refuse(reader, ERROR_TOO_LARGE, event->start_mark, "nested too deep");
        return NULL;
    }
    cJSON *node = mapping ? read_mapping(reader, event) : read_sequence(reader, event);
    reader->depth--;
    return node;
}

static cJSON *read_node(struct reader *reader, const yaml_event_t *event)
{
    if (!count_nodes(reader, 1, event->start_mark)) {
        return NULL;
    }
    if (event->type == YAML_ALIAS_EVENT) {
        return read_alias(reader, event);
    }
    if (event->type != YAML_SCALAR_EVENT) {
        return read_collection(reader, event);
    }
    cJSON *node = read_scalar(reader, event);
    if (node) {
        remember_anchor(reader, event->data.scalar.anchor, node);
    }
    return node;
}

/* --- documents --- */

static void doc_done(struct yaml_doc *doc)
{
    cJSON_Delete(doc->tree);
    lines_done(&doc->lines);
}

static bool read_document(struct reader *reader, struct yaml_docs *ret)
{
    struct yaml_doc doc = {0};
    cleanup_with(event_done) yaml_event_t event = {0};
    if (!next_event(reader, &event)) {
        return false;
    }
    reader->lines = &doc.lines;
    reader->kept = cJSON_CreateArray();
    str_clear(&reader->path);
    note_place(reader, event.start_mark);
    doc.tree = read_node(reader, &event);
    reader->lines = NULL;
    map_done(&reader->anchors, NULL);
    reader->anchors = (struct map){0};
    tree_free_at(&reader->kept);
    if (doc.tree && !cJSON_IsNull(doc.tree)) {
        vec_push(ret, doc);
        return true;
    }
    bool empty = doc.tree != NULL;
    doc_done(&doc);
    return empty;
}

static bool read_stream(struct reader *reader, struct yaml_docs *ret)
{
    for (;;) {
        cleanup_with(event_done) yaml_event_t event = {0};
        if (!next_event(reader, &event)) {
            return false;
        }
        if (event.type == YAML_STREAM_END_EVENT) {
            return true;
        }
        if (event.type == YAML_DOCUMENT_START_EVENT && !read_document(reader, ret)) {
            return false;
        }
    }
}

/* A JSON file goes to the JSON reader, which takes what libyaml does not (surrogate escapes, keys
 * beyond 1024 bytes). */
struct json_places {
    struct lines *lines;
    bool twice;
};

static void on_json_place(void *context, const char *path, int line, int column)
{
    struct json_places *places = context;
    if (map_get(&places->lines->places, path)) {
        places->twice = true;
    }
    lines_add(places->lines, path, line, column);
}

/* False: it is no JSON, or holds a path twice (a duplicate key, or a key with a dot): libyaml then
 * says what is wrong, if anything. */
static bool read_json(const char *text, size_t len, struct yaml_docs *ret)
{
    size_t blanks = 0;
    while (blanks < len && strchr(" \t\r\n", text[blanks]) && text[blanks]) {
        blanks++;
    }
    if (blanks == len || (text[blanks] != '{' && text[blanks] != '[')) {
        return false;
    }
    struct yaml_doc doc = {0};
    struct json_places places = {.lines = &doc.lines};
    if (json_scan(text, len, on_json_place, &places, NULL) && !places.twice) {
        doc.tree = tree_parse(text, len, NULL);
    }
    if (!doc.tree) {
        doc_done(&doc);
        return false;
    }
    vec_push(ret, doc);
    return true;
}

bool yaml_read(const char *file, const char *text, size_t len, struct yaml_docs *ret,
               struct error *err)
{
    if (len > YAML_TEXT_MOST) {
        error_set(err, ERROR_TOO_LARGE, "%zu bytes are too many, %zu are read", len,
                  YAML_TEXT_MOST);
        return error_at(err, "%s", file);
    }
    if (read_json(text, len, ret)) {
        return true;
    }
    struct reader reader = {.file = file, .err = err};
    if (!yaml_parser_initialize(&reader.parser)) {
        return error_set(err, ERROR_INTERNAL, "libyaml does not start");
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, len);
    size_t before = ret->len;
    bool ok = read_stream(&reader, ret);
    yaml_parser_delete(&reader.parser);
    str_done(&reader.path);
    while (!ok && ret->len > before) {
        doc_done(&ret->data[--ret->len]);
    }
    return ok;
}

cJSON *yaml_read_one(const char *file, const char *text, size_t len, struct lines *lines,
                     struct error *err)
{
    cleanup_with(yaml_docs_done) struct yaml_docs docs = {0};
    if (!yaml_read(file, text, len, &docs, err)) {
        return NULL;
    }
    if (docs.len != 1) {
        error_set(err, ERROR_BAD_REQUEST, "one document is expected here, there are %zu", docs.len);
        error_at(err, "%s", file);
        return NULL;
    }
    if (lines) {
        *lines = docs.data[0].lines;
        docs.data[0].lines = (struct lines){0};
    }
    return steal(&docs.data[0].tree);
}

void yaml_docs_done(struct yaml_docs *docs)
{
    for (size_t i = 0; i < docs->len; i++) {
        doc_done(&docs->data[i]);
    }
    vec_done(docs);
}

/* --- writing --- */

static int on_output(void *context, unsigned char *bytes, size_t len)
{
    str_add_bytes(context, bytes, len);
    return 1;
}

static void emit(yaml_emitter_t *emitter, yaml_event_t *event)
{
    /* The output is memory and the events are well-formed, so a failure is a bug of ours; what
     * there is of the text is then missing, not wrong. */
    (void)!yaml_emitter_emit(emitter, event);
}

/* libyaml refuses ill-formed UTF-8, and a job's message may hold any bytes. */
static void mend_utf8(const char *text, struct str *ret)
{
    size_t len = strlen(text);
    for (size_t at = 0, size; at < len; at += size) {
        char bytes[4];
        uint32_t point = utf8_decode(text + at, len - at, &size);
        str_add_bytes(ret, bytes, utf8_encode(point, bytes));
    }
}

static void emit_text(yaml_emitter_t *emitter, const char *text)
{
    cleanup_with(str_done) struct str mended = {0};
    mend_utf8(text, &mended);
    yaml_scalar_style_t style = YAML_PLAIN_SCALAR_STYLE;
    if (scalar_needs_quotes(text)) {
        style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    } else if (strchr(text, '\n')) {
        style = YAML_LITERAL_SCALAR_STYLE;
    }
    yaml_event_t event;
    if (yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)str_text(&mended),
                                     (int)mended.len, 1, 1, style)) {
        emit(emitter, &event);
    }
}

static void emit_plain(yaml_emitter_t *emitter, const cJSON *node)
{
    cleanup_with(str_done) struct str text = {0};
    tree_print(&text, node, false);
    yaml_event_t event;
    if (yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)str_text(&text),
                                     (int)text.len, 1, 1, YAML_PLAIN_SCALAR_STYLE)) {
        emit(emitter, &event);
    }
}

static int by_key(const void *a, const void *b)
{
    const cJSON *const *left = a, *const *right = b;
    return strcmp((*left)->string, (*right)->string);
}

static void emit_node(yaml_emitter_t *emitter, const cJSON *node);

static void emit_object(yaml_emitter_t *emitter, const cJSON *node)
{
    vec(const cJSON *) members = {0};
    for (const cJSON *member = node->child; member; member = member->next) {
        vec_push(&members, member);
    }
    if (members.len > 1) {
        qsort(members.data, members.len, sizeof *members.data, by_key);
    }
    yaml_event_t event;
    yaml_mapping_start_event_initialize(
        &event, NULL, NULL, 1, members.len ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE);
    emit(emitter, &event);
    for (size_t i = 0; i < members.len; i++) {
        emit_text(emitter, members.data[i]->string);
        emit_node(emitter, members.data[i]);
    }
    yaml_mapping_end_event_initialize(&event);
    emit(emitter, &event);
    vec_done(&members);
}

static void emit_array(yaml_emitter_t *emitter, const cJSON *node)
{
    yaml_event_t event;
    yaml_sequence_start_event_initialize(
        &event, NULL, NULL, 1, node->child ? YAML_BLOCK_SEQUENCE_STYLE : YAML_FLOW_SEQUENCE_STYLE);
    emit(emitter, &event);
    for (const cJSON *child = node->child; child; child = child->next) {
        emit_node(emitter, child);
    }
    yaml_sequence_end_event_initialize(&event);
    emit(emitter, &event);
}

static void emit_node(yaml_emitter_t *emitter, const cJSON *node)
{
    if (cJSON_IsObject(node)) {
        emit_object(emitter, node);
    } else if (cJSON_IsArray(node)) {
        emit_array(emitter, node);
    } else if (cJSON_IsString(node)) {
        emit_text(emitter, node->valuestring);
    } else {
        emit_plain(emitter, node);
    }
}

void yaml_write(struct str *ret, const cJSON *node)
{
    yaml_emitter_t emitter;
    yaml_event_t event;
    if (!yaml_emitter_initialize(&emitter)) {
        return;
    }
    yaml_emitter_set_output(&emitter, on_output, ret);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(&emitter, &event);
    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    emit(&emitter, &event);
    emit_node(&emitter, node);
    yaml_document_end_event_initialize(&event, 1);
    emit(&emitter, &event);
    yaml_stream_end_event_initialize(&event);
    emit(&emitter, &event);
    yaml_emitter_delete(&emitter);
}
