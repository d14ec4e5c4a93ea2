/* file.c - files: read whole, write atomically, make folders, lock. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/id.h"

enum {
    READ_CHUNK = 64 * 1024,
    TEMP_SUFFIX = 8,   /* random characters in the name of a file that is being written */
    REMOVE_DEPTH = 32, /* folders open at once while a tree is removed */
    ALOFT_SUFFIX = 12  /* random characters in the name of a folder moved up */
};

void file_close_at(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* All that comes from FD; NAME is for messages. */
static bool read_whole(int fd, const char *name, size_t most, struct str *ret, struct error *err)
{
    size_t start = ret->len;

    for (;;) {
        size_t left = most - (ret->len - start);
        /* One byte more than allowed tells the file that is too large. */
        size_t want = left < READ_CHUNK ? left + 1 : READ_CHUNK;
        ssize_t got;

        str_reserve(ret, want);
        got = read(fd, ret->data + ret->len, want);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            int sys = errno;

            str_cut(ret, start);
            return error_sys(err, ERROR_IO, sys, "cannot read \"%s\"", name);
        }
        ret->len += (size_t)got;
        ret->data[ret->len] = '\0';
        if ((size_t)got > left) {
            str_cut(ret, start);
            return error_set(err, ERROR_TOO_LARGE, "\"%s\" is larger than %zu bytes", name, most);
        }
        if (got == 0) {
            return true;
        }
    }
}

bool file_read(const char *path, size_t most, struct str *ret, struct error *err)
{
    if (strcmp(path, "-") == 0) {
        return read_whole(STDIN_FILENO, "standard input", most, ret, err);
    }
    return file_read_at(AT_FDCWD, path, most, ret, err);
}

bool file_read_at(int folder, const char *name, size_t most, struct str *ret, struct error *err)
{
    cleanup_with(file_close_at) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        return error_sys(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, errno,
                         "cannot open \"%s\"", name);
    }
    return read_whole(fd, name, most, ret, err);
}

static bool write_whole(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);

        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes += written;
            len -= (size_t)written;
        }
    }
    return true;
}

/* The folder PATH lies in, as a text that open() takes. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        return xstrdup(".");
    }
    return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Makes a new file beside PATH: ".NAME.RANDOM", its name in RET_TEMP. Returns its descriptor. */
static int temp_open(const char *path, mode_t mode, char **ret_temp)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char suffix[TEMP_SUFFIX + 1];
    int fd;

    do {
        free(*ret_temp);
        id_suffix(NULL, suffix, TEMP_SUFFIX);
        *ret_temp = xasprintf("%.*s.%s.%s", (int)(name - path), path, name, suffix);
        fd = open(*ret_temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

/* A rename lasts once its folder is on disk. File systems that cannot sync folders say EINVAL. */
static bool sync_folder(const char *path)
{
    autofree char *folder = folder_of(path);
    cleanup_with(file_close_at) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

bool file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode,
                       struct error *err)
{
    autofree char *temp = NULL;
    cleanup_with(file_close_at) int fd = temp_open(path, mode, &temp);
    int sys;

    if (fd < 0) {
        return error_sys(err, ERROR_IO, errno, "cannot make a file beside \"%s\"", path);
    }
    if (!write_whole(fd, bytes, len) || fsync(fd) != 0 || rename(temp, path) != 0) {
        sys = errno;
        unlink(temp);
        return error_sys(err, ERROR_IO, sys, "cannot write \"%s\"", path);
    }
    if (!sync_folder(path)) {
        return error_sys(err, ERROR_IO, errno, "cannot sync the folder of \"%s\"", path);
    }
    return true;
}

/* One folder of the way; another process may make it at the same moment. */
static bool make_one(const char *path, mode_t mode, struct error *err)
{
    struct stat st;
    int sys;

    if (mkdir(path, mode) == 0) {
        return true;
    }
    sys = errno;
    /* What is there may also answer EACCES, EROFS: what counts is that it is a folder. */
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode)) {
            return true;
        }
        return error_set(err, ERROR_EXISTS, "\"%s\" is there and is not a folder", path);
    }
    return error_sys(err, ERROR_IO, sys, "cannot make the folder \"%s\"", path);
}

bool file_make_folder(const char *path, mode_t mode, struct error *err)
{
    autofree char *way = xstrdup(path);

    for (char *at = way + strspn(way, "/"); (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        if (!make_one(way, mode, err)) {
            return false;
        }
        *at = '/';
    }
    return make_one(way, mode, err);
}

/* Opens the folder NAME for removal of what is in it. Folders that deny their owner (a module cache
 * is read-only) are opened up first. */
static int removal_open(int parent, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);
    struct stat st;

    if (fd < 0 && errno == EACCES) {
        cleanup_with(file_close_at) int seen =
            openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        char self[40];

        if (seen >= 0) {
            snprintf(self, sizeof self, "/proc/self/fd/%d", seen); /* chmod by name may follow */
            (void)chmod(self, S_IRWXU);
        }
        fd = openat(parent, name, flags);
    }
    if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & S_IRWXU) != S_IRWXU) {
        (void)fchmod(fd, S_IRWXU); /* where it does not help, the removal says why */
    }
    return fd;
}

static bool remove_inside(int fd, int top, int depth);

/* Removes NAME in FOLDER. A folder REMOVE_DEPTH levels down is moved up to TOP and taken in a later
 * turn: a job may nest folders deeper than there are descriptors. */
static bool remove_entry(int folder, const char *name, int top, int depth)
{
    cleanup_with(file_close_at) int fd = -1;

    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) {
        return true;
    }
    if (errno != EISDIR && errno != EPERM) { /* POSIX says EPERM for a folder */
        return false;
    }
    if (unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
        return true;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return false;
    }
    if (depth >= REMOVE_DEPTH) {
        char aloft[ALOFT_SUFFIX + 1];

        id_suffix(NULL, aloft, ALOFT_SUFFIX);
        return renameat(folder, name, top, aloft) == 0;
    }
    fd = removal_open(folder, name);
    return fd >= 0 && remove_inside(fd, top, depth + 1) &&
           (unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

/* Empties the folder FD, which stays the caller's. */
static bool remove_inside(int fd, int top, int depth)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;
    bool good = true;
    int sys = 0;

    if (dir == NULL) {
        sys = errno;
        file_close_at(&copy);
        errno = sys;
        return false;
    }
    rewinddir(dir); /* the copy shares its place with FD */
    while (good && (errno = 0, entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            good = remove_entry(fd, entry->d_name, top, depth);
        }
    }
    sys = errno;
    closedir(dir);
    errno = sys;
    return good && sys == 0;
}

bool file_remove_tree(const char *path, struct error *err)
{
    cleanup_with(file_close_at) int top = -1;

    if (unlink(path) == 0 || errno == ENOENT) {
        return true;
    }
    if (errno != EISDIR && errno != EPERM) {
        return error_sys(err, ERROR_IO, errno, "cannot remove \"%s\"", path);
    }
    top = removal_open(AT_FDCWD, path);
    if (top < 0) {
        return errno == ENOENT || error_sys(err, ERROR_IO, errno, "cannot open \"%s\"", path);
    }
    /* Each turn takes REMOVE_DEPTH levels off what it moved up, so the turns end. */
    for (;;) {
        if (!remove_inside(top, top, 0)) {
            return error_sys(err, ERROR_IO, errno, "cannot remove all of \"%s\"", path);
        }
        if (rmdir(path) == 0 || errno == ENOENT) {
            return true;
        }
        if (errno != ENOTEMPTY && errno != EEXIST) {
            return error_sys(err, ERROR_IO, errno, "cannot remove \"%s\"", path);
        }
    }
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int file_lock(const char *path, struct error *err)
{
    cleanup_with(file_close_at) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    int held;

    if (fd < 0) {
        error_sys(err, ERROR_IO, errno, "cannot open \"%s\"", path);
        return -1;
    }
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            error_set(err, ERROR_CONFLICT, "\"%s\" is locked by another process", path);
            return -1;
        }
        if (errno != EINTR) {
            error_sys(err, ERROR_IO, errno, "cannot lock \"%s\"", path);
            return -1;
        }
    }
    held = fd;
    fd = -1;
    return held;
}

bool file_on_network(const char *path)
{
    /* f_type of statfs(2). */
    static const uint32_t network[] = {
        0x6969,     /* NFS */
        0x517B,     /* SMB */
        0xFF534D42, /* CIFS */
        0xFE534D42, /* SMB2 */
        0x01021997, /* 9p */
        0x5346414F, /* OpenAFS */
        0x6B414653, /* AFS */
        0x73757245, /* Coda */
        0x564C,     /* NCP */
        0x00C36400, /* Ceph */
        0x0BD00BD0, /* Lustre */
    };
    autofree char *way = xstrdup(path);
    struct statfs fs;

    while (statfs(way, &fs) != 0) {
        char *parent;

        if (errno == EINTR) {
            continue;
        }
        if ((errno != ENOENT && errno != ENOTDIR) || strcmp(way, "/") == 0 ||
            strcmp(way, ".") == 0) {
            return false;
        }
        parent = folder_of(way);
        free(way);
        way = parent;
    }
    for (size_t i = 0; i < countof(network); i++) {
        if ((uint32_t)fs.f_type == network[i]) {
            return true;
        }
    }
    return false;
}
