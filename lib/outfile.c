#include "renorm/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rn_outfile {
	int fd;
	char *path, *temporary; /* NULL for standard output */
};

/*
 * Temporaries to remove should the stage die. The handler reads this array
 * only; slots are set after the file exists and cleared before its name is freed.
 */
#define SLOTS 8
static char *volatile pending[SLOTS];

static void
remove_pending(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (pending[i])
			unlink(pending[i]);
}

static void
on_fatal_signal(int sig)
{
	remove_pending();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
watch(char *temporary)
{
	static const int fatal[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2,
		SIGXFSZ, SIGXCPU };
	static bool installed;
	struct sigaction old, new = { .sa_handler = on_fatal_signal };

	if (!installed) {
		installed = true;
		atexit(remove_pending);
		for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
			if (!sigaction(fatal[i], NULL, &old) && old.sa_handler == SIG_DFL)
				sigaction(fatal[i], &new, NULL);
	}
	for (int i = 0; i < SLOTS; i++)
		if (!pending[i]) {
			pending[i] = temporary;
			return;
		}
}

static void
unwatch(const char *temporary)
{
	for (int i = 0; i < SLOTS; i++)
		if (pending[i] == temporary)
			pending[i] = NULL;
}

static void
destroy(struct rn_outfile *f)
{
	if (!f)
		return;
	unwatch(f->temporary);
	free(f->path);
	free(f->temporary);
	free(f);
}

/* "DIR/.NAME.XXXXXX.tmp" for mkostemps. */
static char *
temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) + 1 : 0;
	char *name;

	/* NAME is cut so that a file name of the longest kind still has a temporary. */
	return asprintf(&name, "%.*s.%.200s.XXXXXX.tmp", dir, path, path + dir) < 0 ? NULL : name;
}

/* The permissions the file would have got from open(2): mkostemps gives 0600. */
static void
set_usual_mode(int fd, const char *path)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, stat(path, &st) ? 0666 & ~mask : st.st_mode & 0777);
}

static struct rn_outfile *
open_temporary(struct rn_outfile *f, const char *path, struct rn_error *err)
{
	char *real = realpath(path, NULL); /* through a symbolic link: replace what it points to */
	struct stat st;

	if (!real && !lstat(path, &st) && S_ISLNK(st.st_mode)) {
		rn_fail(err, RN_EIO, "%s: a symbolic link that leads nowhere; -o needs the file itself",
			path);
		goto fail;
	}
	if (!real && !(real = strdup(path)))
		goto memory;
	f->path = real;
	if (!stat(real, &st) && S_ISDIR(st.st_mode)) {
		rn_fail(err, RN_EIO, "%s: is a directory; -o needs the name of a file", path);
		goto fail;
	}
	if (!stat(real, &st) && !S_ISREG(st.st_mode)) {
		/* A device or FIFO cannot be replaced; it is written in place. */
		f->fd = open(real, O_WRONLY | O_CLOEXEC);
		if (f->fd >= 0)
			return f;
		rn_fail(err, RN_EIO, "%s: %s", path, strerror(errno));
		goto fail;
	}
	f->temporary = temporary_name(real);
	if (!f->temporary)
		goto memory;
	f->fd = mkostemps(f->temporary, 4, O_CLOEXEC);
	if (f->fd < 0) {
		rn_fail(err, RN_EIO, "%s: cannot write in its directory: %s", path, strerror(errno));
		goto fail;
	}
	watch(f->temporary);
	set_usual_mode(f->fd, real);
	return f;
memory:
	rn_fail_memory(err, "file name");
fail:
	destroy(f);
	return NULL;
}

enum rn_status
rn_outfile_keep(struct rn_outfile *f, struct rn_error *err)
{
	char *part;

	if (!f->temporary)
		return RN_OK;
	if (asprintf(&part, "%s.part", f->path) < 0)
		return rn_fail_memory(err, "file name");
	if (link(f->temporary, part)) { /* unlike rename(2) it does not replace what is there */
		rn_fail(err, errno == EEXIST ? RN_EUSAGE : RN_EIO,
			errno == EEXIST ? "%s is what a run that was stopped has left: rename it and "
					  "--resume from it, or "
					  "remove it"
					: "%s: cannot be made here",
			part);
		free(part);
		return err ? err->status : RN_EIO;
	}
	unlink(f->temporary);
	unwatch(f->temporary);
	free(f->temporary);
	f->temporary = part;
	return RN_OK;
}

/*
 * /dev/stdout and /dev/fd/N are descriptors that the shell has opened, perhaps on a
 * file with more in it: they are written to as they stand.
 */
static bool
names_descriptor(const char *path, int *fd)
{
	int n, end = 0;

	if (!strcmp(path, "/dev/stdout"))
		return true;
	if (sscanf(path, "/dev/fd/%d%n", &n, &end) != 1 || path[end])
		return false;
	*fd = n;
	return true;
}

struct rn_outfile *
rn_outfile_open(const char *path, struct rn_error *err)
{
	struct rn_outfile *f = calloc(1, sizeof *f);

	if (!f) {
		rn_fail_memory(err, "output");
		return NULL;
	}
	f->fd = STDOUT_FILENO;
	if (path && strcmp(path, "-") && !names_descriptor(path, &f->fd))
		return open_temporary(f, path, err);
	return f;
}

int
rn_outfile_fd(const struct rn_outfile *f)
{
	return f->fd;
}

const char *
rn_outfile_name(const struct rn_outfile *f)
{
	return f->path ? f->path : "standard output";
}

static enum rn_status
write_error(const struct rn_outfile *f, struct rn_error *err)
{
	/* Where SIGPIPE is ignored (under some parents) a closed pipe still ends us as it should. */
	if (errno == EPIPE) {
		remove_pending();
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return rn_fail(err, RN_EIO, "%s: cannot write: %s; the output is not whole", rn_outfile_name(f),
		strerror(errno));
}

enum rn_status
rn_outfile_write(struct rn_outfile *f, const void *data, size_t n, struct rn_error *err)
{
	const char *p = data;

	while (n > 0) {
		ssize_t k = write(f->fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return write_error(f, err);
		p += k;
		n -= (size_t)k;
	}
	return RN_OK;
}

/* So that the new name itself survives a power cut; a directory that cannot be synced is no error. */
static void
sync_directory(const char *path)
{
	char *copy = strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;
	int fd;

	if (slash)
		slash[slash == copy] = '\0';
	fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

enum rn_status
rn_outfile_close(struct rn_outfile *f, struct rn_error *err)
{
	enum rn_status status = RN_OK;

	/* Only what stays on a disk can be synced; pipes and terminals say EINVAL. */
	if (f->temporary && fsync(f->fd))
		status = write_error(f, err);
	if (close(f->fd) && status == RN_OK)
		status = write_error(f, err);
	if (f->temporary && status == RN_OK && rename(f->temporary, f->path))
		status = rn_fail(err, RN_EIO, "%s: cannot rename the finished file: %s", f->path,
			strerror(errno));
	if (f->temporary && status == RN_OK)
		sync_directory(f->path);
	else if (f->temporary)
		unlink(f->temporary);
	destroy(f);
	return status;
}

void
rn_outfile_abandon(struct rn_outfile *f)
{
	if (!f)
		return;
	if (f->path)
		close(f->fd);
	if (f->temporary)
		unlink(f->temporary);
	destroy(f);
}

static bool
is_regular(const char *path, struct stat *s)
{
	return stat(path, s) == 0 && S_ISREG(s->st_mode);
}

/* The directory a path is in. */
static bool
directory_of(const char *path, struct stat *s)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	const bool found = directory && stat(directory, s) == 0;

	free(directory);
	return found;
}

bool
rn_same_file(const char *a, const char *b)
{
	struct stat x, y;

	if (is_regular(a, &x) && is_regular(b, &y))
		return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	if (!strcmp(a, "-") || !strncmp(a, "/dev/", 5) || strcmp(basename(a), basename(b)) != 0)
		return false;
	return directory_of(a, &x) && directory_of(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
