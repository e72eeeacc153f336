/* A disk that fails when it is told to, preloaded into the real command: it stands between the program and libc.
 *
 * It counts the calls that change or secure a file whose path contains FAULT_FILES, and at the N-th of them does what
 * FAULT says, written WHAT:N:
 *
 *   kill-before, kill-torn, kill-after   kill -9 before the call, with half of its bytes written, after it
 *   ERRNO-once, ERRNO-always             the call fails (ENOSPC, EDQUOT, EIO, EROFS), or so does each one from it on;
 *                                        a full disk takes half of the bytes first
 *   SIGNAL-once, SIGNAL-always           the process gets the signal (SIGINT, SIGTERM) before the call
 *   stop-unlocked                        the process is stopped as soon as it gives back a lock of such a file after it
 *
 * FAULT_TRACE names a file that gets a line for each call: what it is, of which file, how many bytes.
 * CLOCK_OFFSET moves the clock of the process by so many seconds.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define REAL(result, name, ...)                                                                                        \
  static result (*real)(__VA_ARGS__);                                                                                  \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

struct named {
  const char *name;
  int number;
};
static const struct named ERRORS[] = {{"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO}, {"EROFS", EROFS}, {0, 0}};
static const struct named SIGNALS[] = {{"SIGINT", SIGINT}, {"SIGTERM", SIGTERM}, {0, 0}};

struct moment {
  int error, torn, after;
};
static long calls;
static int to_be_stopped;

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int number_of(const struct named *table, const char *what) {
  for (; table->name; table++)
    if (strncmp(what, table->name, strlen(table->name)) == 0) return table->number;
  return 0;
}

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(int, "open", const char *, int, ...);
  return real(path, flags, mode);
}

static ssize_t real_write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return real(fd, bytes, count);
}

static void trace(const char *call, const char *path, long bytes) {
  const char *file = getenv("FAULT_TRACE");
  if (!file) return;
  char line[4096];
  const char *base = strrchr(path, '/');
  int length = snprintf(line, sizeof line, "%s %s %ld\n", call, base ? base + 1 : path, bytes);
  int fd = real_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0 || real_write(fd, line, (size_t)length) != length || close(fd) != 0) abort();
}

/* What is to happen to this call; a kill before it and a signal happen here. */
static struct moment begin(const char *call, const char *path, long bytes) {
  struct moment moment = {0, 0, 0};
  const char *files = getenv("FAULT_FILES"), *what = getenv("FAULT"), *at;
  if (!files || !path || !strstr(path, files)) return moment;
  calls++;
  trace(call, path, bytes);
  if (!what || !(at = strchr(what, ':'))) return moment;
  long first = atol(at + 1);
  if (calls != first && !(calls > first && strstr(what, "-always:"))) return moment;
  if (strncmp(what, "kill-before:", 12) == 0) die();
  int signal = number_of(SIGNALS, what);
  if (signal) kill(getpid(), signal);
  to_be_stopped = strncmp(what, "stop-unlocked:", 14) == 0;
  moment.error = number_of(ERRORS, what);
  moment.torn = strncmp(what, "kill-torn:", 10) == 0;
  moment.after = strncmp(what, "kill-after:", 11) == 0;
  return moment;
}

static const char *path_of(int fd) {
  static __thread char path[4096];
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return path;
}

/* One call of each kind: `half` is done where the fault leaves half of the bytes, `whole` where it happens. */
#define CALL(name, path, bytes, half, whole)                                                                           \
  struct moment moment = begin(name, path, bytes);                                                                     \
  if (moment.torn) {                                                                                                   \
    half;                                                                                                              \
    die();                                                                                                             \
  }                                                                                                                    \
  if (moment.error) {                                                                                                  \
    if (moment.error == ENOSPC || moment.error == EDQUOT) { half; }                                                    \
    errno = moment.error;                                                                                              \
    return -1;                                                                                                         \
  }                                                                                                                    \
  __typeof__(whole) result = whole;                                                                                    \
  if (moment.after) die();                                                                                             \
  return result

#define NOTHING (void)0

ssize_t write(int fd, const void *bytes, size_t count) {
  CALL("write", path_of(fd), (long)count, real_write(fd, bytes, count / 2), real_write(fd, bytes, count));
}

#define PWRITE(name, offset_type)                                                                                      \
  ssize_t name(int fd, const void *bytes, size_t count, offset_type at) {                                              \
    REAL(ssize_t, #name, int, const void *, size_t, offset_type);                                                      \
    CALL("write", path_of(fd), (long)count, real(fd, bytes, count / 2, at), real(fd, bytes, count, at));               \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SYNC(name)                                                                                                     \
  int name(int fd) {                                                                                                   \
    REAL(int, #name, int);                                                                                             \
    CALL("sync", path_of(fd), 0, NOTHING, real(fd));                                                                   \
  }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset_type)                                                                                    \
  int name(int fd, offset_type length) {                                                                               \
    REAL(int, #name, int, offset_type);                                                                                \
    CALL("truncate", path_of(fd), (long)length, NOTHING, real(fd, length));                                            \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  CALL("unlink", path, 0, NOTHING, real(path));
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  CALL("mkdir", path, 0, NOTHING, real(path, mode));
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  CALL("rename", to, 0, NOTHING, real(from, to));
}

/* An open that makes or empties a file writes; any other is let through. */
static int writes(const char *path, int flags) {
  return (flags & O_TRUNC) || ((flags & O_CREAT) && access(path, F_OK) != 0);
}

static mode_t mode_in(int flags, va_list more) { return flags & O_CREAT ? va_arg(more, mode_t) : 0; }

#define OPEN(name)                                                                                                     \
  int name(const char *path, int flags, ...) {                                                                         \
    REAL(int, #name, const char *, int, ...);                                                                          \
    va_list more;                                                                                                      \
    va_start(more, flags);                                                                                             \
    mode_t mode = mode_in(flags, more);                                                                                \
    va_end(more);                                                                                                      \
    if (!writes(path, flags)) return real(path, flags, mode);                                                          \
    CALL("create", path, 0, NOTHING, real(path, flags, mode));                                                         \
  }
OPEN(open)
OPEN(open64)

/* All commands that SQLite gives take a pointer or nothing. */
#define LOCK(name)                                                                                                     \
  int name(int fd, int command, ...) {                                                                                 \
    REAL(int, #name, int, int, ...);                                                                                   \
    va_list more;                                                                                                      \
    va_start(more, command);                                                                                           \
    void *argument = va_arg(more, void *);                                                                             \
    va_end(more);                                                                                                      \
    int result = real(fd, command, argument);                                                                          \
    if (to_be_stopped && command == F_SETLK && ((struct flock *)argument)->l_type == F_UNLCK) {                        \
      to_be_stopped = 0;                                                                                               \
      kill(getpid(), SIGSTOP);                                                                                         \
    }                                                                                                                  \
    return result;                                                                                                     \
  }
LOCK(fcntl)
LOCK(fcntl64)

static time_t offset(void) {
  const char *seconds = getenv("CLOCK_OFFSET");
  return seconds ? (time_t)atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(int, "clock_gettime", clockid_t, struct timespec *);
  int result = real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(int, "gettimeofday", struct timeval *, void *);
  int result = real(now, zone);
  if (result == 0) now->tv_sec += offset();
  return result;
}

time_t time(time_t *now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now) *now = exact.tv_sec;
  return exact.tv_sec;
}
