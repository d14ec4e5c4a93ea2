/* record.h - the start and exit records of an attempt: what the shim leaves on disk for everyone. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_WIRE_RECORD_H
#define BELFRY_CORE_RUN_WIRE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times are nanoseconds since 1970 on the wall clock. Texts are cut to their arrays. This layer
 * knows libc only, so that the static shim can use it; nothing here allocates. */

/* The shim and its job at the moment before the job's exec; written and synced before it. */
struct start_record {
    int64_t started;     /* wall time */
    int64_t shim_pid;    /* with shim_birth: says whether a pid is still that process */
    uint64_t shim_birth; /* start time of the process, field 22 of /proc/PID/stat */
    int64_t pid;         /* the job's main process; also its session and process group */
    uint64_t birth;      /* of the main process */
    char boot_id[40];    /* pids and births mean nothing in another boot */
};

/* How an attempt ended, in Kubernetes' words for a terminated container where it has one. */
enum exit_reason {
    EXIT_COMPLETED,            /* exit code 0 */
    EXIT_ERROR,                /* any other exit code, or a signal that nobody here sent */
    EXIT_DEADLINE_EXCEEDED,    /* ended because its deadline came */
    EXIT_STOPPED,              /* ended because a stop was asked for */
    EXIT_OOM_KILLED,           /* the memory limit was reached (known with a cgroup or an engine) */
    EXIT_CONTAINER_CANNOT_RUN, /* never got as far as exec: message says why */
    EXIT_INTERRUPTED, /* its shim is gone and left no record; nothing of it runs any more */
    EXIT_UNKNOWN,     /* as Interrupted, but some of it may still run: do not run it again */
    EXIT_REASON_COUNT
};

struct exit_record {
    enum exit_reason reason;
    int code;            /* exit code; 128 + signal for a signal */
    int signal;          /* 0 = none */
    int64_t started;     /* wall time of the start; 0 when it never started */
    int64_t finished;    /* wall time at which the main process ended */
    int64_t cpu_ns;      /* user + system time of the whole tree; -1 unknown */
    int64_t max_rss;     /* bytes, of the largest process of the tree; -1 unknown */
    uint64_t lost_lines; /* output that found no room on disk */
    uint64_t lost_bytes;
    char message[200]; /* one sentence for a person; empty when the code says it all */
};

/* "Completed", "ContainerCannotRun", ...: never NULL. */
const char *exit_reason_name(enum exit_reason reason);
bool exit_reason_from(const char *name, enum exit_reason *ret);

#define RECORD_SIZE 1024 /* room for the text of either record */

/* A record as text: "key value" lines and a checksum in the last one. Returns its length. */
size_t start_record_print(const struct start_record *record, char buffer[static RECORD_SIZE]);
size_t exit_record_print(const struct exit_record *record, char buffer[static RECORD_SIZE]);
/* False, nothing written, when the text is empty, cut short or damaged: it counts as absent. */
bool start_record_parse(const char *text, size_t len, struct start_record *ret);
bool exit_record_parse(const char *text, size_t len, struct exit_record *ret);

/* Writes NAME ("start", "exit") into a folder: a temporary file, synced, renamed, the folder
 * synced. 0, or an errno value. */
int record_write(int folder, const char *name, const char *text, size_t len);
/* Reads them: 0; ENOENT also for what does not parse; or another errno value. */
int start_record_read(int folder, struct start_record *ret);
int exit_record_read(int folder, struct exit_record *ret);

/* What /proc/PID/stat says of a process. */
struct process_facts {
    char state; /* R S D T Z X ... */
    int64_t parent;
    int64_t session;
    uint64_t birth; /* start time in clock ticks since boot */
};
bool process_look(int64_t pid, struct process_facts *ret); /* false: no such process */
uint64_t process_birth(int64_t pid);                       /* 0: no such process */
/* The id of this boot; "" when unknown. */
void process_boot_id(char buffer[static 40]);

#endif
