/* table.c - a server's Table as columns of text. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/table.h"

#include <ctype.h>
#include <string.h>

#include "core/base/utf8.h"

/* Between columns, as kubectl has it in get and in describe. */
#define GAP 3
#define GAP_UNDERLINED 2

void table_done(struct table *table)
{
    cJSON_Delete(table->columns);
    *table = (struct table){0};
}

static size_t text_width(const char *text)
{
    size_t width = 0, len = strlen(text);
    for (size_t at = 0, size; at < len; at += size, width++) {
        utf8_decode(text + at, len - at, &size);
    }
    return width;
}

/* A cell as text: S keeps what is no string. */
static const char *cell_text(const cJSON *cell, struct str *s)
{
    if (cJSON_IsString(cell)) {
        return cell->valuestring;
    }
    str_clear(s);
    if (cell != NULL && !cJSON_IsNull(cell)) {
        tree_print(s, cell, false);
    }
    return str_text(s);
}

static bool column_shown(const struct table *table, const cJSON *column)
{
    return table->wide || tree_int_or(column, "priority", 0) == 0;
}

struct line {
    struct table *table;
    struct str *ret;
    size_t column;
    bool measuring;
    size_t owed; /* spaces before the next cell: a line ends without any */
};

static void line_cell(struct line *line, const char *prefix, const char *text)
{
    size_t width = text_width(prefix) + text_width(text);
    size_t *column = &line->table->widths[line->column++ % countof(line->table->widths)];
    if (line->measuring) {
        *column = width > *column ? width : *column;
        return;
    }
    for (; line->owed > 0; line->owed--) {
        str_add_char(line->ret, ' ');
    }
    str_add(line->ret, prefix);
    str_add(line->ret, text);
    line->owed =
        (*column > width ? *column - width : 0) + (line->table->underlined ? GAP_UNDERLINED : GAP);
}

enum head { HEAD_UPPER, HEAD_AS_IT_IS, HEAD_LINE };

static void head_print(struct table *table, enum head head, struct str *ret, bool measuring)
{
    struct line line = {.table = table, .ret = ret, .measuring = measuring};
    const cJSON *column;
    if (table->namespaces) {
        line_cell(&line, "", "NAMESPACE");
    }
    cJSON_ArrayForEach(column, table->columns)
    {
        if (column_shown(table, column)) {
            autofree char *name = xstrdup(tree_str_or(column, "name", ""));
            for (char *p = name; *p != '\0'; p++) {
                *p = head == HEAD_LINE    ? '-'
                     : head == HEAD_UPPER ? (char)toupper((unsigned char)*p)
                                          : *p;
            }
            line_cell(&line, "", name);
        }
    }
    if (!measuring) {
        str_add_char(ret, '\n');
    }
}

static void row_print(struct table *table, const cJSON *row, struct str *ret, bool measuring)
{
    struct line line = {.table = table, .ret = ret, .measuring = measuring};
    cleanup_with(str_done) struct str number = {0};
    const cJSON *column, *cell = tree_get(row, "cells");
    cell = cell != NULL ? cell->child : NULL;
    if (table->namespaces) {
        line_cell(&line, "", tree_str_or(row, "object.metadata.namespace", ""));
    }
    cJSON_ArrayForEach(column, table->columns)
    {
        bool name = column == table->columns->child && table->prefix != NULL;
        if (column_shown(table, column)) {
            line_cell(&line, name ? table->prefix : "", cell_text(cell, &number));
        }
        cell = cell != NULL ? cell->next : NULL;
    }
    if (!measuring) {
        str_add_char(ret, '\n');
    }
}

void table_print(struct table *table, const cJSON *table_doc, struct str *ret)
{
    const cJSON *definitions = tree_get(table_doc, "columnDefinitions");
    const cJSON *rows = tree_get(table_doc, "rows"), *row;
    if (definitions != NULL && definitions->child != NULL && table->columns == NULL) {
        table->columns = tree_copy(definitions);
    }
    enum head head = table->underlined ? HEAD_AS_IT_IS : HEAD_UPPER;
    if (!table->headed) {
        head_print(table, head, ret, true);
    }
    cJSON_ArrayForEach(row, rows)
    {
        row_print(table, row, ret, true);
    }
    if (!table->headed && rows != NULL && rows->child != NULL) {
        table->headed = true;
        head_print(table, head, ret, false);
        if (table->underlined) {
            head_print(table, HEAD_LINE, ret, false);
        }
    }
    cJSON_ArrayForEach(row, rows)
    {
        row_print(table, row, ret, false);
    }
}
