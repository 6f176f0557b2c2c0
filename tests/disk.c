/* Loaded before the service (LD_PRELOAD): a disk that fails once, or is full, on order.
 *
 * The order is a file, named by DISK_FAILS, of three words: which call (sync, read, write), whose (the thread "store",
 * or all "others"), and how the name of the file ends. The first call that it fits takes the order away and fails with
 * EIO. All other calls do what they always do: after a failed sync the next one succeeds, as on a real disk. As long as the
 * order stands, where its first word is "full" every write to a file with the third word in its name says ENOSPC, and where
 * it is "lost" every such read EIO, whoever calls but the thread "store".
 *
 * Each sync that has succeeded is a line, the file's path, in the file that DISK_SYNCED names, before its caller hears of
 * it: what a disk without power would still have can be told from what only the system has. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *call, int fd) {
    const char *order = getenv("DISK_FAILS");
    int file = order ? (int)syscall(SYS_openat, AT_FDCWD, order, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) {
        return 0;
    }
    char said[256] = {0}, its_call[32], whose[32], end[128];
    long length = syscall(SYS_read, file, said, sizeof said - 1);
    syscall(SYS_close, file);
    if (length <= 0 || sscanf(said, "%31s %31s %127s", its_call, whose, end) != 3) {
        return 0;
    }
    char thread[16] = {0}, link[64], path[4096] = {0};
    prctl(PR_GET_NAME, thread);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long named = readlink(link, path, sizeof path - 1);
    if (strcmp(its_call, "full") == 0) {
        errno = ENOSPC;
        return strcmp(call, "write") == 0 && strstr(path, end) != NULL;
    }
    if (strcmp(its_call, "lost") == 0) {
        errno = EIO;
        return strcmp(call, "read") == 0 && strcmp(thread, "store") != 0 && strstr(path, end) != NULL;
    }
    if (strcmp(call, its_call) != 0 || (strcmp(thread, "store") == 0) != (strcmp(whose, "store") == 0)) {
        return 0;
    }
    if (named < (long)strlen(end) || strcmp(path + named - strlen(end), end) != 0 || unlink(order) != 0) {
        return 0;
    }
    errno = EIO;
    return 1;
}

static int synced(int fd, int answer) {
    const char *log = answer == 0 ? getenv("DISK_SYNCED") : NULL;
    if (log == NULL) {
        return answer;
    }
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long named = readlink(link, path, sizeof path - 1);
    int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (named >= 0 && file >= 0) {
        path[named] = '\n';
        syscall(SYS_write, file, path, named + 1);
    }
    if (file >= 0) {
        syscall(SYS_close, file);
    }
    return answer;
}

int fsync(int fd) { return fails("sync", fd) ? -1 : synced(fd, (int)syscall(SYS_fsync, fd)); }

int fdatasync(int fd) { return fails("sync", fd) ? -1 : synced(fd, (int)syscall(SYS_fdatasync, fd)); }

ssize_t read(int fd, void *to, size_t bytes) { return fails("read", fd) ? -1 : syscall(SYS_read, fd, to, bytes); }

ssize_t write(int fd, const void *from, size_t bytes) {
    return fails("write", fd) ? -1 : syscall(SYS_write, fd, from, bytes);
}

ssize_t pread64(int fd, void *to, size_t bytes, off64_t at) {
    return fails("read", fd) ? -1 : syscall(SYS_pread64, fd, to, bytes, at);
}

ssize_t pwrite64(int fd, const void *from, size_t bytes, off64_t at) {
    return fails("write", fd) ? -1 : syscall(SYS_pwrite64, fd, from, bytes, at);
}

/* On a 64-bit system these are the same calls under their older names. */
ssize_t pread(int fd, void *to, size_t bytes, off_t at) { return pread64(fd, to, bytes, at); }

ssize_t pwrite(int fd, const void *from, size_t bytes, off_t at) { return pwrite64(fd, from, bytes, at); }
