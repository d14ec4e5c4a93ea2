/* order.h - the shim's order file: what to execute, and within which limits. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_WIRE_ORDER_H
#define BELFRY_CORE_RUN_WIRE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORDER_SIZE_MAX (4u << 20) /* the kernel takes 2 MiB of argv and env at its defaults */
#define ORDER_GROUPS_MAX 256
#define ORDER_NAME "order"

/* The file is "key=value" texts, each with a NUL behind it so that argv and env can point into it;
 * a checksum is the last. Texts are borrowed from the file or from the writer. */
struct order {
    const char *log_folder; /* absolute; the log is NUMBER.log in it */
    int64_t number;
    const char *cwd;
    int64_t uid, gid;      /* -1: as the spawner */
    const char *groups;    /* supplementary groups "4,24,100"; NULL: as the spawner */
    int64_t file_mask;     /* umask */
    int64_t deadline_boot; /* CLOCK_BOOTTIME, ns, in the boot BOOT_ID; 0 = none */
    int64_t deadline_wall; /* the same instant on the wall clock, for another boot */
    const char *boot_id;
    int64_t grace;          /* ns between TERM and KILL */
    int64_t leave_children; /* 0 or 1 */
    /* For the writer: NULL at the end. */
    const char *const *argv, *const *env;
    /* From the reader: where the first "arg=" and "env=" stand, and how many follow one another. */
    const char *first_arg, *first_env;
    size_t arg_count, env_count;
};

/* Prints like snprintf: returns the length of the whole text, which is all there only if SIZE was
 * as large. */
size_t order_print(const struct order *order, char *buffer, size_t size);
/* False when it is cut short, damaged, or lacks what an order must have. TEXT must outlive RET. */
bool order_parse(const char *text, size_t len, struct order *ret);
/* Fills an array of COUNT + 1 pointers (order->arg_count or env_count), NULL last. */
void order_pointers(const char *first, size_t count, char **ret);

#endif
