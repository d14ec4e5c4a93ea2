/* crilog.h - log files in CRI format: write, split, rotate, parse. */
/* SPDX-License-Identifier: MIT */
#ifndef BELFRY_CORE_RUN_WIRE_CRILOG_H
#define BELFRY_CORE_RUN_WIRE_CRILOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record is one line: "2026-11-20T20:50:00.123456789Z stdout F text\n". F ends a line of the job,
 * P is a part of one that goes on in the next record of its stream (the CRI's logging format). */
enum crilog_stream { CRILOG_STDOUT, CRILOG_STDERR };

#define CRILOG_PREFIX 40          /* bytes before the text, as we write them */
#define CRILOG_PART_MAX 16384     /* a longer line is cut into parts of this */
#define CRILOG_ROTATE (64u << 20) /* a file that would grow beyond is rotated */
#define CRILOG_KEEP 16            /* rotated files that stay: N.log.1 is the newest of them */
#define CRILOG_IN_SIZE (128u << 10)
#define CRILOG_OUT_SIZE (256u << 10)

/* The bytes of one stream that are not written yet: fill data[used ...], then crilog_feed. */
struct crilog_input {
    enum crilog_stream stream;
    size_t used;
    bool started; /* parts of the present line have been written */
    char data[CRILOG_IN_SIZE];
};

/* One log, open for writing. Large, so static in the shim; allocates nothing. */
struct crilog {
    int folder, fd;
    int number;
    int64_t size;      /* of the file, as far as whole records go */
    int64_t rotate_at; /* CRILOG_ROTATE, or a test's */
    int keep;          /* CRILOG_KEEP, or a test's */
    int fault;         /* errno of the write that failed last; 0 = all is written */
    uint64_t unsaid_lines, unsaid_bytes; /* lost, and not stated in the log yet */
    uint64_t lost_lines, lost_bytes;     /* of all time */
    int64_t stamp_sec;                   /* the second whose text is in stamp */
    char stamp[CRILOG_PREFIX];
    size_t used; /* whole records waiting in data */
    char data[CRILOG_OUT_SIZE];
};

/* Opens NUMBER.log in the folder (borrowed descriptor), to be written on at its end; a torn last
 * record of an earlier writer is cut off. 0, or an errno value. */
int crilog_open(struct crilog *log, int folder, int number);
void crilog_close(struct crilog *log); /* after a last crilog_flush */
/* Turns the input's whole lines into records stamped WALL (ns since 1970); keeps the rest. */
void crilog_feed(struct crilog *log, struct crilog_input *input, int64_t wall);
/* What is left in the input becomes a record: a part (more may come), or at the end a last line. */
void crilog_feed_rest(struct crilog *log, struct crilog_input *input, int64_t wall, bool end);
/* A line of our own, on the stream stderr: "belfry: TEXT". */
void crilog_note(struct crilog *log, int64_t wall, const char *text);
/* Writes what waits. When there is no room the records are dropped and counted; as soon as there is
 * room again, the log says how much is missing. Never fails, so that a full disk stops no job. */
void crilog_flush(struct crilog *log, int64_t wall);

/* One record as read. Points into the text given. */
struct crilog_line {
    int64_t wall;
    enum crilog_stream stream;
    bool partial;
    const char *stamp; /* as written */
    size_t stamp_len;
    const char *text;
    size_t len;
};
/* LINE is without its newline. Any RFC 3339 time is taken, and tags behind F or P ("F:tag"). False:
 * not a record. */
bool crilog_parse(const char *line, size_t len, struct crilog_line *ret);

/* RFC 3339 with nine digits and Z: 30 characters, no NUL. */
void crilog_stamp(char buffer[static 30], int64_t wall);

#endif
