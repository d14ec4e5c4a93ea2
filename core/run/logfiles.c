/* logfiles.c - the files of one log, from the newest back to the oldest, and places in them. */
/* SPDX-License-Identifier: MIT */
#include "core/run/logfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

#define RANK_MOST (4 * CRILOG_KEEP) /* N.log.K is looked for up to here */
#define BLOCK ((int64_t)64 << 10)
#define HEAD 128 /* bytes of a record that tell its stamp and tag */

static const struct log_place no_place = {.fd = -1};

static void rank_name(char name[static 40], int number, int rank)
{
    (void)snprintf(name, 40, rank ? "%d.log.%d" : "%d.log", number, rank);
}

static int rank_open(int folder, int number, int rank)
{
    char name[40];
    rank_name(name, number, rank);
    return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* The number under which the open file stands now: 0 = N.log; -1: it has been dropped. RET_OLDEST,
 * where given, is the highest number that exists. */
static int rank_of(int folder, int number, int fd, int *ret_oldest)
{
    char name[40];
    struct stat own;
    struct stat st;
    int found = -1;
    if (ret_oldest) {
        *ret_oldest = -1;
    }
    if (fstat(fd, &own) != 0) {
        return -1;
    }
    for (int rank = 0; rank <= RANK_MOST; rank++) {
        rank_name(name, number, rank);
        if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            if (rank > CRILOG_KEEP) {
                break; /* one missing below is a rotation at work, or a gap */
            }
            continue;
        }
        if (st.st_ino == own.st_ino && st.st_dev == own.st_dev) {
            found = rank;
            if (!ret_oldest) {
                break;
            }
        }
        if (ret_oldest) {
            *ret_oldest = rank;
        }
    }
    return found;
}

bool log_is_newest(int folder, int number, int fd)
{
    return rank_of(folder, number, fd, NULL) == 0;
}

struct log_place log_newest(int folder, int number)
{
    return (struct log_place){.fd = rank_open(folder, number, 0)};
}

/* A rotation between the look-up and the open would hand out the wrong file; then the rank of FD is
 * another afterwards, and we look again. */
static struct log_place neighbour(int folder, int number, int fd, int step)
{
    for (;;) {
        int oldest;
        int rank = rank_of(folder, number, fd, &oldest);
        if (rank < 0 && (step > 0 || oldest < 0)) {
            return no_place;
        }
        int want = rank < 0 ? oldest : rank + step;
        if (want < 0 || want > RANK_MOST) {
            return no_place;
        }
        struct log_place place = {.fd = rank_open(folder, number, want)};
        if (rank_of(folder, number, fd, NULL) == rank) {
            return place;
        }
        if (place.fd >= 0) {
            close(place.fd);
        }
    }
}

struct log_place log_older(int folder, int number, int fd)
{
    return neighbour(folder, number, fd, 1);
}

struct log_place log_newer(int folder, int number, int fd)
{
    return neighbour(folder, number, fd, -1);
}

static int64_t file_size(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_size : 0;
}

/* A file read backwards, block by block. */
struct backward {
    int fd;
    int64_t base; /* of the block in data */
    int64_t len;
    char data[BLOCK];
};

/* Makes the block that ends at END the present one; false at the start of the file or on failure. */
static bool block_before(struct backward *back, int64_t end)
{
    int64_t base = end > BLOCK ? end - BLOCK : 0;
    int64_t want = end - base;
    if (want <= 0 || pread(back->fd, back->data, (size_t)want, base) != want) {
        return false;
    }
    back->base = base;
    back->len = want;
    return true;
}

/* The offset behind the last newline before END; 0 when there is none. */
static int64_t line_start_before(struct backward *back, int64_t end)
{
    while (end > 0) {
        if (end <= back->base || end > back->base + back->len) {
            if (!block_before(back, end)) {
                return 0;
            }
        }
        const char *newline = memrchr(back->data, '\n', (size_t)(end - back->base));
        if (newline) {
            return back->base + (newline + 1 - back->data);
        }
        end = back->base;
    }
    return 0;
}

/* The head of the record at OFFSET. What is not a record counts as a full line. */
static bool record_at(const struct backward *back, int64_t offset, int64_t len,
                      struct crilog_line *ret)
{
    char head[HEAD];
    const char *at = head;
    size_t take = len < HEAD ? (size_t)len : HEAD;
    if (offset >= back->base && offset + (int64_t)take <= back->base + back->len) {
        at = back->data + (offset - back->base);
    } else {
        ssize_t n = pread(back->fd, head, take, offset);
        take = n > 0 ? (size_t)n : 0;
    }
    return crilog_parse(at, take, ret);
}

/* Goes back over the lines of one file, down to LEFT of them. True: that many were found, and
 * RET_OFFSET is where they begin. */
static bool tail_of_file(struct backward *back, int64_t *left, bool newest, int64_t *ret_offset)
{
    back->base = back->len = 0;
    /* Behind the last newline stands nothing, or a record that is being written. */
    int64_t end = line_start_before(back, file_size(back->fd));
    bool last = newest;
    while (end > 0) {
        struct crilog_line line;
        int64_t start = line_start_before(back, end - 1);
        bool part = record_at(back, start, end - 1 - start, &line) && line.partial;
        if (!part || last) {
            if (*left == 0) {
                *ret_offset = end;
                return true;
            }
            (*left)--;
        }
        last = false;
        end = start;
    }
    return false;
}

struct log_place log_tail(int folder, int number, int64_t lines)
{
    autofree struct backward *back = xmalloc(sizeof *back);
    struct log_place place = log_newest(folder, number);
    bool newest = true;
    while (place.fd >= 0) {
        back->fd = place.fd;
        if (tail_of_file(back, &lines, newest, &place.offset)) {
            return place;
        }
        struct log_place older = log_older(folder, number, place.fd);
        if (older.fd < 0) {
            break; /* fewer lines than asked for: from the very start */
        }
        close(place.fd);
        place = older;
        newest = false;
    }
    return place;
}

/* The first record that begins behind OFFSET, within a block; false when there is none. */
static bool record_behind(int fd, int64_t offset, char block[static BLOCK], int64_t *ret_start,
                          int64_t *ret_wall)
{
    ssize_t n = pread(fd, block, (size_t)BLOCK, offset);
    const char *end = block + (n > 0 ? n : 0);
    const char *at = block;
    if (offset > 0) {
        const char *newline = memchr(block, '\n', (size_t)(end - block));
        at = newline ? newline + 1 : end;
    }
    while (at < end) {
        struct crilog_line line;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        if (crilog_parse(at, len < HEAD ? len : HEAD, &line)) {
            *ret_start = offset + (at - block);
            *ret_wall = line.wall;
            return true;
        }
        at = newline ? newline + 1 : end;
    }
    return false;
}

struct log_place log_since(int folder, int number, int64_t since)
{
    autofree char *block = xmalloc((size_t)BLOCK);
    struct log_place place = log_newest(folder, number);
    int64_t start;
    int64_t wall;
    while (place.fd >= 0 && (!record_behind(place.fd, 0, block, &start, &wall) || wall >= since)) {
        struct log_place older = log_older(folder, number, place.fd);
        if (older.fd < 0) {
            return place;
        }
        close(place.fd);
        place = older;
    }
    if (place.fd < 0) {
        return place;
    }
    int64_t low = 0;
    for (int64_t high = file_size(place.fd); high - low > BLOCK;) {
        int64_t middle = low + (high - low) / 2;
        if (record_behind(place.fd, middle, block, &start, &wall) && wall < since && start < high) {
            low = start;
        } else {
            high = middle;
        }
    }
    place.offset = low;
    return place;
}

int64_t log_bytes_after(int folder, int number, const struct log_place *place)
{
    int64_t bytes = 0;
    struct log_place at = {.fd = place->fd >= 0 ? fcntl(place->fd, F_DUPFD_CLOEXEC, 0) : -1};
    while (at.fd >= 0) {
        bytes += file_size(at.fd);
        struct log_place newer = log_newer(folder, number, at.fd);
        close(at.fd);
        at = newer;
    }
    return bytes - place->offset;
}
