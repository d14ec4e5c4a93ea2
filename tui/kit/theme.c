/* theme.c - roles: what a cell is for; a theme says how each looks, down to monochrome. */
/* SPDX-License-Identifier: MIT */
#include "tui/kit/theme.h"

#include <assert.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/str.h"
#include "core/codec/yaml.h"

#define THEME_FILE_MOST 65536
#define READABLE 4.5 /* WCAG 2 AA for text */

/* One row a role. A theme file fills it from the first path that is there; what none gives comes
 * from the role in `fallback`, which stands earlier in the table, so one pass settles all. */
static const struct role_row {
    const char *name;
    char letter;       /* in screen goldens */
    const char *fg[3]; /* paths below the root, in order of preference */
    const char *bg[2];
    enum role fallback;
    uint8_t attrs; /* with colour */
    uint8_t mono;  /* instead of colour */
} rows[] = {
    [ROLE_TEXT] = {"text", '.', {"body.fgColor"}, {"body.bgColor"}, ROLE_TEXT, 0, 0},
    [ROLE_DIM] = {"dim",
                  'd',
                  {"extra.dimColor", "frame.status.completedColor"},
                  {NULL},
                  ROLE_TEXT,
                  0,
                  ATTR_DIM},
    [ROLE_STRONG] = {"strong", 'b', {"extra.strongColor"}, {NULL}, ROLE_TEXT, ATTR_BOLD, ATTR_BOLD},
    [ROLE_LOGO] = {"logo", 'L', {"body.logoColor"}, {NULL}, ROLE_STRONG, ATTR_BOLD, ATTR_BOLD},
    [ROLE_INFO_LABEL] = {"info-label", 'i', {"info.fgColor"}, {NULL}, ROLE_DIM, 0, 0},
    [ROLE_INFO] = {"info", 'I', {"info.sectionColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_TITLE] = {"title", 't', {"frame.title.fgColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_TITLE_FOCUS] = {"title-focus",
                          'T',
                          {"frame.title.highlightColor"},
                          {NULL},
                          ROLE_TITLE,
                          ATTR_BOLD,
                          ATTR_BOLD},
    [ROLE_COUNTER] = {"counter", 'n', {"frame.title.counterColor"}, {NULL}, ROLE_TITLE, 0, 0},
    [ROLE_FILTER] =
        {"filter", 'F', {"frame.title.filterColor"}, {NULL}, ROLE_TITLE, 0, ATTR_UNDERLINE},
    [ROLE_BORDER] = {"border", '-', {"frame.border.fgColor"}, {NULL}, ROLE_DIM, 0, ATTR_DIM},
    [ROLE_BORDER_FOCUS] =
        {"border-focus", '=', {"frame.border.focusColor"}, {NULL}, ROLE_BORDER, 0, 0},
    [ROLE_HEAD] = {"head", 'h', {"views.table.header.fgColor"}, {NULL}, ROLE_DIM, 0, ATTR_BOLD},
    [ROLE_CURSOR] = {"cursor",
                     'C',
                     {"views.table.cursorFgColor"},
                     {"views.table.cursorBgColor", "views.table.cursorColor"},
                     ROLE_TEXT,
                     0,
                     ATTR_REVERSE},
    [ROLE_CURSOR_IDLE] =
        {"cursor-idle", 'c', {"extra.idleFgColor"}, {"extra.idleBgColor"}, ROLE_TEXT, 0, ATTR_BOLD},
    [ROLE_MARK] = {"mark", 'M', {"views.table.markColor"}, {NULL}, ROLE_TITLE_FOCUS, 0, ATTR_BOLD},
    [ROLE_KEY] = {"key", 'k', {"frame.menu.keyColor"}, {NULL}, ROLE_STRONG, 0, ATTR_BOLD},
    [ROLE_HINT] = {"hint", 'w', {"frame.menu.fgColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_PROMPT] = {"prompt", 'p', {"prompt.fgColor"}, {"prompt.bgColor"}, ROLE_TEXT, 0, 0},
    [ROLE_SUGGEST] = {"suggest", 's', {"prompt.suggestColor"}, {NULL}, ROLE_DIM, 0, ATTR_DIM},
    [ROLE_DIALOG] = {"dialog", 'D', {"dialog.fgColor"}, {"dialog.bgColor"}, ROLE_TEXT, 0, 0},
    [ROLE_LABEL] = {"label", 'l', {"dialog.labelFgColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_FIELD] = {"field",
                    'f',
                    {"dialog.fieldFgColor"},
                    {"extra.fieldBgColor"},
                    ROLE_TEXT,
                    0,
                    ATTR_UNDERLINE},
    [ROLE_FIELD_FOCUS] = {"field-focus",
                          'e',
                          {"extra.fieldFocusFgColor", "dialog.fieldFgColor"},
                          {"extra.fieldFocusBgColor"},
                          ROLE_FIELD,
                          0,
                          ATTR_REVERSE},
    [ROLE_BUTTON] =
        {"button", 'u', {"dialog.buttonFgColor"}, {"dialog.buttonBgColor"}, ROLE_TEXT, 0, 0},
    [ROLE_BUTTON_FOCUS] = {"button-focus",
                           'U',
                           {"dialog.buttonFocusFgColor"},
                           {"dialog.buttonFocusBgColor"},
                           ROLE_CURSOR,
                           0,
                           ATTR_REVERSE},
    [ROLE_SECTION] =
        {"section", 'S', {"help.sectionColor"}, {NULL}, ROLE_TITLE_FOCUS, ATTR_BOLD, ATTR_BOLD},
    [ROLE_LOG] = {"log", 'o', {"views.logs.fgColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_LOG_STAMP] = {"log-stamp", 'm', {"extra.stampColor"}, {NULL}, ROLE_DIM, 0, ATTR_DIM},
    [ROLE_LOG_RAW] =
        {"log-raw", 'r', {"frame.status.highlightColor"}, {NULL}, ROLE_DIM, 0, ATTR_REVERSE},
    [ROLE_MATCH] = {"match",
                    '*',
                    {"extra.matchFgColor"},
                    {"extra.matchBgColor"},
                    ROLE_CURSOR,
                    0,
                    ATTR_REVERSE},
    [ROLE_YAML_KEY] = {"yaml-key", 'y', {"views.yaml.keyColor"}, {NULL}, ROLE_LABEL, 0, ATTR_BOLD},
    [ROLE_YAML_VALUE] = {"yaml-value", 'v', {"views.yaml.valueColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_GOOD] = {"good", 'g', {"frame.status.addColor"}, {NULL}, ROLE_STRONG, 0, 0},
    [ROLE_WARN] = {"warn",
                   '!',
                   {"frame.status.pendingColor", "frame.status.highlightColor"},
                   {NULL},
                   ROLE_STRONG,
                   0,
                   ATTR_BOLD},
    [ROLE_ERROR] =
        {"error", 'E', {"frame.status.errorColor"}, {NULL}, ROLE_STRONG, ATTR_BOLD, ATTR_BOLD},
    [ROLE_RUN_OK] =
        {"run-ok", 'O', {"states.okColor", "frame.status.addColor"}, {NULL}, ROLE_TEXT, 0, 0},
    [ROLE_RUN_RUNNING] = {"run-running",
                          'R',
                          {"states.runningColor", "frame.status.newColor"},
                          {NULL},
                          ROLE_TEXT,
                          ATTR_BOLD,
                          ATTR_BOLD},
    [ROLE_RUN_WAITING] = {"run-waiting",
                          'W',
                          {"states.waitingColor", "frame.status.pendingColor"},
                          {NULL},
                          ROLE_WARN,
                          0,
                          0},
    [ROLE_RUN_FAILED] = {"run-failed",
                         'X',
                         {"states.failedColor", "frame.status.errorColor"},
                         {NULL},
                         ROLE_ERROR,
                         ATTR_BOLD,
                         ATTR_BOLD},
    [ROLE_RUN_MISSED] = {"run-missed",
                         'N',
                         {"states.missedColor", "frame.status.killColor"},
                         {NULL},
                         ROLE_WARN,
                         0,
                         ATTR_BOLD},
    [ROLE_RUN_SUSPENDED] = {"run-suspended",
                            'P',
                            {"states.suspendedColor", "frame.status.completedColor"},
                            {NULL},
                            ROLE_DIM,
                            0,
                            ATTR_DIM},
};
static_assert(countof(rows) == ROLE_COUNT, "one row a role");

const char *role_name(enum role role)
{
    return rows[role].name;
}

char role_letter(enum role role)
{
    return rows[role].letter;
}

void theme_mono(struct theme *theme)
{
    *theme = (struct theme){.name = "mono", .mono = true};
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        theme->roles[i] = (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, rows[i].mono};
    }
}

/* The colour of the first of PATHS that the file has; UNSET when it has none of them. */
static bool read_colour(const cJSON *root, const char *const *paths, size_t count, const char *file,
                        const struct lines *lines, uint32_t *ret, struct error *err)
{
    for (size_t i = 0; i < count && paths[i]; i++) {
        const char *text = tree_str(root, paths[i]);
        if (!text) {
            continue;
        }
        if (colour_parse(text, ret)) {
            return true;
        }
        int line = 0, column = 0;
        autofree char *full = xasprintf("%s.%s", root->string, paths[i]);
        lines_find(lines, full, &line, &column);
        error_set(err, ERROR_INVALID, "\"%s\" is no colour", text);
        error_at(err, "%s:%d:%d", file, line, column);
        return error_hint(err, "use a W3C name, \"#rrggbb\" or \"default\"");
    }
    *ret = COLOUR_UNSET;
    return true;
}

bool theme_read(const char *file, const char *text, size_t len, struct theme *ret,
                struct error *err)
{
    cleanup_with(lines_done) struct lines lines = {0};
    autotree cJSON *tree = yaml_read_one(file, text, len, &lines, err);
    struct theme theme;

    if (!tree) {
        return false;
    }
    const cJSON *root = tree_get(tree, "k9s");
    root = root ? root : tree_get(tree, "belfry");
    if (!root) {
        error_set(err, ERROR_INVALID, "this is no theme: it has no root \"k9s\" or \"belfry\"");
        return error_at(err, "%s", file);
    }
    theme_mono(&theme);
    theme.mono = false;
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        struct style *role = &theme.roles[i];
        uint32_t fg, bg;
        if (!read_colour(root, rows[i].fg, countof(rows[i].fg), file, &lines, &fg, err) ||
            !read_colour(root, rows[i].bg, countof(rows[i].bg), file, &lines, &bg, err)) {
            return false;
        }
        const struct style *from = &theme.roles[rows[i].fallback];
        *role = (struct style){fg ? fg : from->fg, bg ? bg : from->bg, rows[i].attrs};
    }
    /* A file without a selection bar still needs one. */
    if (theme.roles[ROLE_CURSOR].bg == theme.roles[ROLE_TEXT].bg) {
        theme.roles[ROLE_CURSOR].attrs |= ATTR_REVERSE;
    }
    if (theme.roles[ROLE_CURSOR_IDLE].bg == theme.roles[ROLE_TEXT].bg) {
        theme.roles[ROLE_CURSOR_IDLE].attrs |= ATTR_BOLD;
    }
    *ret = theme;
    return true;
}

bool theme_load(const char *path, struct theme *ret, struct error *err)
{
    cleanup_with(str_done) struct str text = {0};

    if (!file_read(path, THEME_FILE_MOST, &text, err) ||
        !theme_read(path, str_text(&text), text.len, ret, err)) {
        return error_wrap(err, "reading the theme");
    }
    const char *base = strrchr(path, '/');
    text_copy(ret->name, sizeof ret->name, base ? base + 1 : path);
    char *dot = strrchr(ret->name, '.');
    if (dot) {
        *dot = '\0';
    }
    return true;
}

/* On a terminal of few colours: the hue of the foreground, backgrounds by reversing. */
static struct style look_few(const struct theme *theme, enum depth depth, enum role role,
                             enum role under)
{
    uint8_t marks = rows[role].mono & (ATTR_REVERSE | ATTR_UNDERLINE);
    struct style look = {COLOUR_DEFAULT, COLOUR_DEFAULT, theme->roles[role].attrs | marks};

    if (under == ROLE_CURSOR || (marks & ATTR_REVERSE)) {
        look.attrs |= ATTR_REVERSE;
        return look;
    }
    if (under == ROLE_CURSOR_IDLE) {
        look.attrs |= ATTR_BOLD;
    }
    if (theme->roles[role].fg != theme->roles[ROLE_TEXT].fg) {
        look.fg = colour_nearest(theme->roles[role].fg, depth);
    }
    return look;
}

struct style theme_look(const struct theme *theme, enum depth depth, enum role role,
                        enum role under)
{
    struct style look = theme->roles[role];
    const struct style *bar = &theme->roles[under];

    if (theme->mono || depth == DEPTH_MONO) {
        return (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT,
                              (uint32_t)(rows[role].mono | rows[under].mono)};
    }
    if (depth < DEPTH_256) {
        return look_few(theme, depth, role, under);
    }
    if (under != ROLE_TEXT && look.bg == theme->roles[ROLE_TEXT].bg) {
        uint32_t bar_rgb = colour_rgb(bar->bg, 0);
        bool known = COLOUR_KIND(bar->bg) != COLOUR_DEFAULT && look.fg != COLOUR_DEFAULT;
        /* Nobody reads a line. */
        bool line = role == ROLE_BORDER || role == ROLE_BORDER_FOCUS;
        bool keeps = role != ROLE_TEXT && known &&
                     (line || colour_contrast(colour_rgb(look.fg, 0), bar_rgb) >= READABLE);
        look = (struct style){keeps ? look.fg : bar->fg, bar->bg, look.attrs | bar->attrs};
    }
    look.fg = colour_nearest(look.fg, depth);
    look.bg = colour_nearest(look.bg, depth);
    return look;
}
