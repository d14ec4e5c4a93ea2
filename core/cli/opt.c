/* opt.c - command-line options from a table: parser and usage text from the same rows. */
/* SPDX-License-Identifier: MIT */
#include "core/cli/opt.h"

#include <limits.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/vec.h"

void opt_texts_done(struct opt_texts *texts)
{
    vec_done(texts);
}

static bool usage(const char *verb, struct error *err)
{
    return error_hint(err, "see: belfry %s --help", verb);
}

/* "60s", or a bare number of seconds. */
static bool duration_value(const char *text, long long *ret_ns)
{
    nsec_t ns;
    long long seconds;
    if (text_int(text, 0, INT_MAX, &seconds)) {
        *ret_ns = seconds * NSEC_PER_SEC;
        return true;
    }
    if (!duration_parse(text, &ns) || ns < 0) {
        return false;
    }
    *ret_ns = ns;
    return true;
}

static bool value_set(const char *verb, const struct opt *opt, const char *value, struct error *err)
{
    long long least = opt->least, most = opt->most;
    switch (opt->kind) {
    case OPT_FLAG:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
            error_set(err, ERROR_USAGE, "--%s is true or false, not \"%s\"", opt->name, value);
            return usage(verb, err);
        }
        *(bool *)opt->target = value[0] == 't';
        return true;
    case OPT_TEXT:
    case OPT_MAYBE: *(const char **)opt->target = value; return true;
    case OPT_TEXTS: vec_push((struct opt_texts *)opt->target, value); return true;
    case OPT_INT:
        if (least == 0 && most == 0) {
            least = LLONG_MIN;
            most = LLONG_MAX;
        }
        if (!text_int(value, least, most, opt->target)) {
            error_set(err, ERROR_USAGE, "--%s: \"%s\" is not a whole number", opt->name, value);
            if (least > LLONG_MIN && most < LLONG_MAX) {
                return error_hint(err, "give one from %lld to %lld", least, most);
            }
            return least > LLONG_MIN ? error_hint(err, "give %lld or more", least)
                                     : usage(verb, err);
        }
        return true;
    case OPT_DURATION:
        if (!duration_value(value, opt->target)) {
            error_set(err, ERROR_USAGE, "--%s: \"%s\" is not a duration", opt->name, value);
            return error_hint(err, "write it like 90s, 5m or 1h30m");
        }
        return true;
    case OPT_KIND_COUNT: break;
    }
    return error_set(err, ERROR_INTERNAL, "option --%s has no kind", opt->name);
}

static const struct opt *find_name(const struct opt *options, const char *name, size_t len)
{
    for (const struct opt *opt = options; opt->name != NULL; opt++) {
        if (strlen(opt->name) == len && memcmp(opt->name, name, len) == 0) {
            return opt;
        }
    }
    return NULL;
}

static const struct opt *find_letter(const struct opt *options, char letter)
{
    for (const struct opt *opt = options; opt->name != NULL; opt++) {
        if (opt->letter == letter) {
            return opt;
        }
    }
    return NULL;
}

/* One word that begins with a dash; *AT moves over its value where that is the next word. */
static bool word_take(const char *verb, const struct opt *options, char **argv, size_t *at,
                      struct error *err)
{
    const char *word = argv[*at], *value = NULL;
    const struct opt *opt;
    if (word[1] == '-') {
        const char *equals = strchr(word, '=');
        size_t len = equals != NULL ? (size_t)(equals - word - 2) : strlen(word) - 2;
        opt = find_name(options, word + 2, len);
        value = equals != NULL ? equals + 1 : NULL;
    } else {
        opt = find_letter(options, word[1]);
        for (; opt != NULL && opt->kind == OPT_FLAG && word[2] != '\0' && word[2] != '=';) {
            if (!value_set(verb, opt, "true", err)) { /* -fp is -f -p */
                return false;
            }
            word++;
            opt = find_letter(options, word[1]);
        }
        if (opt != NULL && word[2] != '\0') {
            value = word + 2 + (word[2] == '=');
        }
    }
    if (opt == NULL) {
        error_set(err, ERROR_USAGE, "unknown option \"%s\"", argv[*at]);
        return usage(verb, err);
    }
    if (value == NULL && (opt->kind == OPT_FLAG || opt->kind == OPT_MAYBE)) {
        value = opt->kind == OPT_FLAG ? "true" : "";
    }
    if (value == NULL && argv[*at + 1] != NULL) {
        value = argv[++*at];
    }
    if (value == NULL) {
        error_set(err, ERROR_USAGE, "--%s needs a value: %s", opt->name, opt->value);
        return usage(verb, err);
    }
    return value_set(verb, opt, value, err);
}

bool opt_parse(const char *verb, const struct opt *options, char **argv, size_t *ret_words,
               char ***ret_rest, struct error *err)
{
    size_t words = 0, at;
    char **rest = NULL;
    for (at = 1; argv[at] != NULL; at++) {
        if (strcmp(argv[at], "--") == 0) {
            rest = &argv[at + 1];
            break;
        }
        if (argv[at][0] != '-' || argv[at][1] == '\0') { /* "-" is standard input */
            argv[words++] = argv[at];
        } else if (!word_take(verb, options, argv, &at, err)) {
            return false;
        }
    }
    *ret_words = words;
    *ret_rest = rest;
    return true;
}

void opt_help(const struct opt *options, struct str *ret)
{
    for (const struct opt *opt = options; opt->name != NULL; opt++) {
        struct str left = {0};
        str_addf(&left, "  %c%c%c --%s", opt->letter != 0 ? '-' : ' ',
                 opt->letter != 0 ? opt->letter : ' ', opt->letter != 0 ? ',' : ' ', opt->name);
        if (opt->kind == OPT_MAYBE) {
            str_addf(&left, "[=%s]", opt->value);
        } else if (opt->kind != OPT_FLAG) {
            str_addf(&left, " %s", opt->value);
        }
        str_addf(ret, "%-30s %s\n", str_text(&left), opt->help);
        str_done(&left);
    }
}
