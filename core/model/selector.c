/* selector.c - label and field selectors: which objects are meant. */
/* SPDX-License-Identifier: MIT */
#include "core/model/selector.h"

#include <string.h>

#include "core/model/validate.h"

#define TEXT_MOST 4096
#define VALUES_MOST 256

/* Which fields a kind can be asked for, as in Kubernetes; runs have ours. */
static const struct {
    enum kind kind; /* KIND_COUNT: every kind */
    const char *path;
} selectable[] = {
    {KIND_COUNT, "metadata.name"},
    {KIND_COUNT, "metadata.namespace"},
    {KIND_JOB, "status.successful"},
    {KIND_POD, "spec.nodeName"},
    {KIND_POD, "spec.restartPolicy"},
    {KIND_POD, "spec.schedulerName"},
    {KIND_POD, "spec.serviceAccountName"},
    {KIND_POD, "spec.hostNetwork"},
    {KIND_POD, "status.phase"},
    {KIND_POD, "status.podIP"},
    {KIND_POD, "status.nominatedNodeName"},
    {KIND_EVENT, "involvedObject.kind"},
    {KIND_EVENT, "involvedObject.namespace"},
    {KIND_EVENT, "involvedObject.name"},
    {KIND_EVENT, "involvedObject.uid"},
    {KIND_EVENT, "involvedObject.apiVersion"},
    {KIND_EVENT, "involvedObject.resourceVersion"},
    {KIND_EVENT, "involvedObject.fieldPath"},
    {KIND_EVENT, "reason"},
    {KIND_EVENT, "reportingComponent"},
    {KIND_EVENT, "source"},
    {KIND_EVENT, "type"},
    {KIND_NAMESPACE, "status.phase"},
    {KIND_RUN, "spec.cronJobName"},
    {KIND_RUN, "spec.cronJobUID"},
    {KIND_RUN, "spec.trigger"},
    {KIND_RUN, "status.fate"},
    {KIND_RUN, "status.jobName"},
};

void selector_done(struct selector *selector)
{
    for (size_t i = 0; i < selector->len; i++) {
        struct selector_rule *rule = &selector->data[i];
        free(rule->key);
        for (size_t k = 0; k < rule->values.len; k++) {
            free(rule->values.data[k]);
        }
        vec_done(&rule->values);
    }
    vec_done(selector);
}

/* --- reading --- */

/* The lexer of apimachinery's labels package: words, and the symbols between them. */
enum token {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_COMMA,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_EQUALS, /* = and == */
    TOKEN_NOT_EQUALS,
    TOKEN_NOT,
    TOKEN_GREATER,
    TOKEN_LESS
};

struct lexer {
    const char *text; /* what is left */
    enum token token;
    const char *word; /* of the token, with its length */
    size_t len;
};

static void lexer_next(struct lexer *lexer)
{
    const char *at = lexer->text + strspn(lexer->text, " \t\r\n");
    static const struct {
        const char *text;
        enum token token;
    } symbols[] = {
        {",", TOKEN_COMMA},   {"(", TOKEN_OPEN},    {")", TOKEN_CLOSE},
        {"==", TOKEN_EQUALS}, {"=", TOKEN_EQUALS},  {"!=", TOKEN_NOT_EQUALS},
        {"!", TOKEN_NOT},     {">", TOKEN_GREATER}, {"<", TOKEN_LESS},
    };
    lexer->word = at;
    for (size_t i = 0; i < countof(symbols); i++) {
        if (text_starts(at, symbols[i].text)) {
            lexer->token = symbols[i].token;
            lexer->len = strlen(symbols[i].text);
            lexer->text = at + lexer->len;
            return;
        }
    }
    lexer->len = strcspn(at, " \t\r\n,()=!<>");
    lexer->token = lexer->len ? TOKEN_WORD : TOKEN_END;
    lexer->text = at + lexer->len;
}

static bool expected(const struct lexer *lexer, const char *what, struct error *err)
{
    if (lexer->token == TOKEN_END) {
        return error_set(err, ERROR_BAD_REQUEST,
                         "unable to parse requirement: found the end, expected: %s", what);
    }
    return error_set(err, ERROR_BAD_REQUEST,
                     "unable to parse requirement: found '%.*s' expected: %s",
                     (int)(lexer->len < 60 ? lexer->len : 60), lexer->word, what);
}

static bool add_value(struct selector_rule *rule, const char *text, size_t len, struct error *err)
{
    if (rule->values.len >= VALUES_MOST) {
        return error_set(err, ERROR_BAD_REQUEST, "a selector takes at most %d values", VALUES_MOST);
    }
    char *value = xstrndup(text, len);
    vec_push(&rule->values, value);
    return name_is_label_value(value) ||
           error_set(err, ERROR_BAD_REQUEST,
                     "values[0][%s]: Invalid value: \"%.80s\": a label's value has at most 63 "
                     "letters, digits, '-', '_' or '.', and begins and ends with a letter or digit",
                     rule->key, value);
}

/* "(a, b)" behind "in" and "notin"; "()" is the empty value, as in Kubernetes. */
static bool parse_set(struct lexer *lexer, struct selector_rule *rule, struct error *err)
{
    lexer_next(lexer);
    if (lexer->token != TOKEN_OPEN) {
        return expected(lexer, "'('", err);
    }
    do {
        lexer_next(lexer);
        bool word = lexer->token == TOKEN_WORD;
        if (!add_value(rule, word ? lexer->word : "", word ? lexer->len : 0, err)) {
            return false;
        }
        if (word) {
            lexer_next(lexer);
        }
    } while (lexer->token == TOKEN_COMMA);
    if (lexer->token != TOKEN_CLOSE) {
        return expected(lexer, "',' or ')'", err);
    }
    lexer_next(lexer);
    return true;
}

/* The one value behind =, !=, < or >; none is the empty value. */
static bool parse_one(struct lexer *lexer, struct selector_rule *rule, struct error *err)
{
    lexer_next(lexer);
    bool word = lexer->token == TOKEN_WORD;
    if (!add_value(rule, word ? lexer->word : "", word ? lexer->len : 0, err)) {
        return false;
    }
    if (word) {
        lexer_next(lexer);
    }
    return true;
}

static bool word_is(const struct lexer *lexer, const char *word)
{
    return lexer->token == TOKEN_WORD && lexer->len == strlen(word) &&
           memcmp(lexer->word, word, lexer->len) == 0;
}

static bool parse_number(struct lexer *lexer, struct selector_rule *rule, struct error *err)
{
    long long number;
    if (!parse_one(lexer, rule, err)) {
        return false;
    }
    return text_int(rule->values.data[0], INT64_MIN, INT64_MAX, &number) ||
           error_set(err, ERROR_BAD_REQUEST,
                     "values[0][%s]: Invalid value: \"%.60s\": for 'Gt', 'Lt' operators, the "
                     "value must be an integer",
                     rule->key, rule->values.data[0]);
}

static bool parse_operator(struct lexer *lexer, struct selector_rule *rule, struct error *err)
{
    if (word_is(lexer, "in") || word_is(lexer, "notin")) {
        rule->op = lexer->len == 2 ? SELECTOR_IN : SELECTOR_NOT_IN;
        return parse_set(lexer, rule, err);
    }
    switch (lexer->token) {
    case TOKEN_END:
    case TOKEN_COMMA: rule->op = SELECTOR_EXISTS; return true;
    case TOKEN_EQUALS: rule->op = SELECTOR_IN; return parse_one(lexer, rule, err);
    case TOKEN_NOT_EQUALS: rule->op = SELECTOR_NOT_IN; return parse_one(lexer, rule, err);
    case TOKEN_GREATER: rule->op = SELECTOR_GREATER; return parse_number(lexer, rule, err);
    case TOKEN_LESS: rule->op = SELECTOR_LESS; return parse_number(lexer, rule, err);
    case TOKEN_WORD:
    case TOKEN_OPEN:
    case TOKEN_CLOSE:
    case TOKEN_NOT: break;
    }
    return expected(lexer, "in, notin, =, ==, !=, <, > or the end", err);
}

static bool parse_rule(struct lexer *lexer, struct selector_rule *rule, struct error *err)
{
    bool negated = lexer->token == TOKEN_NOT;
    if (negated) {
        lexer_next(lexer);
    }
    if (lexer->token != TOKEN_WORD) {
        return expected(lexer, "a key or '!'", err);
    }
    rule->key = xstrndup(lexer->word, lexer->len);
    if (!name_is_label_key(rule->key)) {
        return error_set(err, ERROR_BAD_REQUEST, "Invalid value: \"%.80s\": not a label's key",
                         rule->key);
    }
    lexer_next(lexer);
    if (negated) {
        rule->op = SELECTOR_NOT_EXISTS;
        return lexer->token == TOKEN_END || lexer->token == TOKEN_COMMA ||
               expected(lexer, "',' or the end", err);
    }
    return parse_operator(lexer, rule, err);
}

static bool check_size(const char *text, struct error *err)
{
    return strlen(text) <= TEXT_MOST ||
           error_set(err, ERROR_BAD_REQUEST, "a selector has at most %d bytes", TEXT_MOST);
}

bool selector_parse_labels(const char *text, struct selector *ret, struct error *err)
{
    cleanup_with(selector_done) struct selector made = {0};
    struct lexer lexer = {.text = text};
    if (!check_size(text, err)) {
        return false;
    }
    lexer_next(&lexer);
    while (lexer.token != TOKEN_END) {
        vec_push(&made, (struct selector_rule){0});
        if (!parse_rule(&lexer, &made.data[made.len - 1], err)) {
            return false;
        }
        if (lexer.token == TOKEN_COMMA) {
            lexer_next(&lexer);
            if (lexer.token == TOKEN_END) {
                return expected(&lexer, "a key behind ','", err);
            }
        } else if (lexer.token != TOKEN_END) {
            return expected(&lexer, "',' or the end", err);
        }
    }
    *ret = made;
    made = (struct selector){0};
    return true;
}

static bool field_known(enum kind kind, const char *path)
{
    for (size_t i = 0; i < countof(selectable); i++) {
        if ((selectable[i].kind == KIND_COUNT || selectable[i].kind == kind) &&
            strcmp(path, selectable[i].path) == 0) {
            return true;
        }
    }
    return false;
}

static bool refuse_field(enum kind kind, const char *path, struct error *err)
{
    cleanup_with(str_done) struct str known = {0};
    for (size_t i = 0; i < countof(selectable); i++) {
        if (selectable[i].kind == KIND_COUNT || selectable[i].kind == kind) {
            str_addf(&known, "%s\"%s\"", known.len ? ", " : "", selectable[i].path);
        }
    }
    error_set(err, ERROR_BAD_REQUEST, "\"%.60s\" is not a known field selector", path);
    return error_hint(err, "only %s", str_text(&known));
}

/* "path=value" without its comma; a backslash keeps a comma or "=" in the value. */
static bool parse_field(const char *text, size_t len, enum kind kind, struct selector_rule *rule,
                        struct error *err)
{
    size_t at = 0;
    while (at < len && text[at] != '=' && text[at] != '!') {
        at++;
    }
    bool negated = at + 1 < len && text[at] == '!' && text[at + 1] == '=';
    if (at == len || (text[at] == '!' && !negated)) {
        return error_set(err, ERROR_BAD_REQUEST,
                         "invalid field selector: \"%.*s\" has no '=' and no '!='",
                         (int)(len < 80 ? len : 80), text);
    }
    rule->key = xstrndup(text, at);
    rule->op = negated ? SELECTOR_NOT_IN : SELECTOR_IN;
    at += negated ? 2 : 1;
    if (!negated && at < len && text[at] == '=') {
        at++;
    }
    struct str value = {0};
    for (; at < len; at++) {
        if (text[at] == '\\' && at + 1 < len) {
            at++;
        }
        str_add_char(&value, text[at]);
    }
    char *taken = str_take(&value);
    vec_push(&rule->values, taken);
    return field_known(kind, rule->key) || refuse_field(kind, rule->key, err);
}

bool selector_parse_fields(const char *text, enum kind kind, struct selector *ret,
                           struct error *err)
{
    cleanup_with(selector_done) struct selector made = {0};
    if (!check_size(text, err)) {
        return false;
    }
    while (*text) {
        size_t len = 0;
        while (text[len] && text[len] != ',') {
            len += text[len] == '\\' && text[len + 1] ? 2 : 1;
        }
        if (len > 0) {
            vec_push(&made, (struct selector_rule){0});
            if (!parse_field(text, len, kind, &made.data[made.len - 1], err)) {
                return false;
            }
        }
        text += len + (text[len] == ',');
    }
    *ret = made;
    made = (struct selector){0};
    return true;
}

/* --- printing --- */

static void print_values(const struct selector_rule *rule, const char *word, struct str *ret)
{
    str_addf(ret, "%s %s (", rule->key, word);
    for (size_t i = 0; i < rule->values.len; i++) {
        str_addf(ret, "%s%s", i ? "," : "", rule->values.data[i]);
    }
    str_add_char(ret, ')');
}

void selector_print(const struct selector *selector, struct str *ret)
{
    for (size_t i = 0; i < selector->len; i++) {
        const struct selector_rule *rule = &selector->data[i];
        const char *value = rule->values.len ? rule->values.data[0] : "";
        bool one = rule->values.len == 1;
        str_add(ret, i ? "," : "");
        switch (rule->op) {
        case SELECTOR_IN:
            one ? str_addf(ret, "%s=%s", rule->key, value) : print_values(rule, "in", ret);
            break;
        case SELECTOR_NOT_IN:
            one ? str_addf(ret, "%s!=%s", rule->key, value) : print_values(rule, "notin", ret);
            break;
        case SELECTOR_EXISTS: str_add(ret, rule->key); break;
        case SELECTOR_NOT_EXISTS: str_addf(ret, "!%s", rule->key); break;
        case SELECTOR_GREATER: str_addf(ret, "%s>%s", rule->key, value); break;
        case SELECTOR_LESS: str_addf(ret, "%s<%s", rule->key, value); break;
        case SELECTOR_OPERATOR_COUNT: break;
        }
    }
}

/* --- matching --- */

static bool has_value(const struct selector_rule *rule, const char *value)
{
    for (size_t i = 0; i < rule->values.len; i++) {
        if (strcmp(rule->values.data[i], value) == 0) {
            return true;
        }
    }
    return false;
}

static bool compares(const struct selector_rule *rule, const char *value, bool greater)
{
    long long left, right;
    return value && text_int(value, INT64_MIN, INT64_MAX, &left) &&
           text_int(rule->values.data[0], INT64_MIN, INT64_MAX, &right) &&
           (greater ? left > right : left < right);
}

static bool rule_holds(const struct selector_rule *rule, const char *value)
{
    switch (rule->op) {
    case SELECTOR_IN: return value && has_value(rule, value);
    case SELECTOR_NOT_IN: return !value || !has_value(rule, value);
    case SELECTOR_EXISTS: return value != NULL;
    case SELECTOR_NOT_EXISTS: return value == NULL;
    case SELECTOR_GREATER: return compares(rule, value, true);
    case SELECTOR_LESS: return compares(rule, value, false);
    case SELECTOR_OPERATOR_COUNT: break;
    }
    return false;
}

bool selector_match(const struct selector *selector, selector_lookup_fn *lookup, const void *object)
{
    for (size_t i = 0; i < selector->len; i++) {
        if (!rule_holds(&selector->data[i], lookup(object, selector->data[i].key))) {
            return false;
        }
    }
    return true;
}

static const char *lookup_pair(const void *object, const char *key)
{
    return pairs_get(object, key);
}

bool selector_match_labels(const struct selector *selector, const struct pairs *labels)
{
    return selector_match(selector, lookup_pair, labels);
}
