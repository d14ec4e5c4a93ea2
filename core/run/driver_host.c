/* driver_host.c - the runtime "host": the command is a process of this machine. */
/* SPDX-License-Identifier: MIT */
#include "core/run/driver_host.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/str.h"
#include "core/run/wire/order.h"

#define PATH_USER "/usr/local/bin:/usr/bin:/bin"
#define PATH_ROOT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define ARG_MOST ((size_t)128 << 10) /* the kernel's limit for one text: 32 pages */

/* The account a job runs as, copied, since getpwuid's answer is its own. */
struct account {
    uid_t uid;
    gid_t gid;
    char name[64];
    char home[512];
    char shell[256];
};

static bool host_available(void)
{
    return true;
}

/* A uid without an entry is fine, as in a container: HOME is then /. */
static void account_look_up(uid_t uid, struct account *ret)
{
    const struct passwd *entry = getpwuid(uid);
    *ret = (struct account){.uid = uid, .gid = uid == geteuid() ? getegid() : (gid_t)uid};
    (void)text_copy(ret->home, sizeof ret->home, entry && entry->pw_dir ? entry->pw_dir : "/");
    (void)text_copy(ret->shell, sizeof ret->shell, "/bin/sh");
    if (entry) {
        ret->gid = uid == geteuid() ? getegid() : entry->pw_gid;
        (void)text_copy(ret->name, sizeof ret->name, entry->pw_name);
    }
}

/* Only root can become somebody else; to say so now is clearer than a failed run. */
static bool identity_check(const struct attempt_order *order, struct error *err)
{
    bool other_user = order->has_uid && order->uid != (int64_t)geteuid();
    bool other_group = order->has_gid && order->gid != (int64_t)getegid();
    if ((order->has_uid && (order->uid < 0 || order->uid >= UINT32_MAX)) ||
        (order->has_gid && (order->gid < 0 || order->gid >= UINT32_MAX))) {
        return error_set(err, ERROR_INVALID, "runAsUser and runAsGroup are 0 to 4294967294");
    }
    if ((other_user || other_group) && geteuid() != 0) {
        (void)error_set(err, ERROR_INVALID, "%s needs a scheduler that runs as root",
                        other_user ? "runAsUser" : "runAsGroup");
        return error_hint(err, "leave it out: the job then runs as you");
    }
    return true;
}

/* The groups a login of that user would have. */
static char *account_groups(const struct account *account, gid_t gid)
{
    gid_t groups[ORDER_GROUPS_MAX];
    int count = ORDER_GROUPS_MAX;
    struct str text = {0};
    if (!account->name[0] || getgrouplist(account->name, gid, groups, &count) < 0) {
        groups[0] = gid;
        count = 1;
    }
    for (int i = 0; i < count; i++) {
        str_addf(&text, "%s%u", i ? "," : "", groups[i]);
    }
    return str_take(&text);
}

static void plan_identity(const struct attempt_order *order, const struct account *account,
                          struct driver_plan *plan)
{
    plan->uid = plan->gid = -1;
    if (order->has_uid && order->uid != (int64_t)geteuid()) {
        plan->uid = order->uid;
        plan->gid = account->gid;
    }
    if (order->has_gid) {
        plan->gid = order->gid;
    }
    if (plan->uid >= 0) {
        plan->groups = account_groups(account, (gid_t)plan->gid);
    }
}

static bool env_has(const char *const *env, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; env && env[i]; i++) {
        if (strncmp(env[i], name, len) == 0 && env[i][len] == '=') {
            return true;
        }
    }
    return false;
}

static bool plan_env(const struct attempt_order *order, const struct account *account,
                     struct driver_plan *plan, struct error *err)
{
    const char *lang = getenv("LANG");
    const struct {
        const char *name, *value;
    } defaults[] = {
        {"PATH", account->uid == 0 ? PATH_ROOT : PATH_USER},
        {"HOME", account->home},
        {"USER", account->name},
        {"LOGNAME", account->name},
        {"SHELL", account->shell},
        {"LANG", lang ? lang : "C.UTF-8"},
    };
    for (size_t i = 0; i < countof(defaults); i++) {
        if (defaults[i].value[0] && !env_has(order->env, defaults[i].name)) {
            vec_push(&plan->env.texts, xasprintf("%s=%s", defaults[i].name, defaults[i].value));
        }
    }
    for (size_t i = 0; order->env && order->env[i]; i++) {
        const char *entry = order->env[i];
        if (entry[0] == '=' || !strchr(entry, '=') || strlen(entry) >= ARG_MOST) {
            return error_set(err, ERROR_INVALID,
                             "environment variable %zu has no name, or is too long", i + 1);
        }
        vec_push(&plan->env.texts, xstrdup(entry));
    }
    return true;
}

static bool plan_argv(const struct attempt_order *order, struct driver_plan *plan,
                      struct error *err)
{
    if (!order->argv || !order->argv[0] || !order->argv[0][0]) {
        return error_set(err, ERROR_INVALID, "there is no command to run");
    }
    for (size_t i = 0; order->argv[i]; i++) {
        if (strlen(order->argv[i]) >= ARG_MOST) {
            return error_set(err, ERROR_INVALID, "argument %zu is longer than 128 KiB", i);
        }
        vec_push(&plan->argv.texts, xstrdup(order->argv[i]));
    }
    return true;
}

static bool host_run(const struct attempt_id *id, const struct attempt_order *order,
                     struct driver_plan *ret, struct error *err)
{
    cleanup_with(driver_plan_done) struct driver_plan plan = {0};
    struct account account;
    struct stat st;
    (void)id;
    if (!identity_check(order, err)) {
        return false;
    }
    account_look_up(order->has_uid ? (uid_t)order->uid : geteuid(), &account);
    plan_identity(order, &account, &plan);
    if (!plan_argv(order, &plan, err) || !plan_env(order, &account, &plan, err)) {
        return false;
    }
    bool homeless = stat(account.home, &st) != 0 || !S_ISDIR(st.st_mode);
    plan.cwd = xstrdup(order->cwd ? order->cwd : homeless ? "/" : account.home);
    *ret = plan;
    plan = (struct driver_plan){0};
    return true;
}

const struct driver driver_host = {
    .name = "host",
    .available = host_available,
    .run = host_run,
};
