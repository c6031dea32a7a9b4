/* Work on another thread: each joins a namespace for itself alone and is home again before it ends (sockets.c). */
#include "jobs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"
#include "sockets.h"

struct job {
  napi_async_work work;
  napi_deferred deferred;
  int (*run)(const struct job *job);
  int result;
  char path[256];
  void *bytes;
  size_t length;
};

static int run_requests(const struct job *job) {
  struct dd_netns netns = {.path = job->path};
  return dd_netns_requests(&netns, job->bytes, job->length);
}

static int run_make(const struct job *job) {
  (void)job;
  return dd_make_netns();
}

static void execute(napi_env env, void *data) {
  struct job *job = data;
  (void)env;
  job->result = job->run(job);
}

/* The error has errno's name as its code, like those of Node.js itself. */
static napi_value error_of(napi_env env, int error) {
  const char *name = strerrorname_np(error);
  napi_value code, message, value;
  napi_create_string_utf8(env, name ? name : "EUNKNOWN", NAPI_AUTO_LENGTH, &code);
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, code, message, &value);
  return value;
}

static void complete(napi_env env, napi_status status, void *data) {
  struct job *job = data;
  napi_value value;
  int result = status == napi_ok ? job->result : -ECANCELED;
  if (result < 0) {
    napi_reject_deferred(env, job->deferred, error_of(env, -result));
  } else {
    napi_create_int32(env, result, &value);
    napi_resolve_deferred(env, job->deferred, value);
  }
  napi_delete_async_work(env, job->work);
  free(job->bytes);
  free(job);
}

/* Takes the job over; the promise of its result, or NULL with an exception. */
static napi_value start(napi_env env, struct job *job) {
  napi_value name, promise;
  napi_create_string_utf8(env, "netns", NAPI_AUTO_LENGTH, &name);
  if (napi_create_promise(env, &job->deferred, &promise) == napi_ok &&
      napi_create_async_work(env, NULL, name, execute, complete, job, &job->work) == napi_ok &&
      napi_queue_async_work(env, job->work) == napi_ok)
    return promise;
  free(job->bytes);
  free(job);
  napi_throw_error(env, NULL, "the work could not be started");
  return NULL;
}

napi_value dd_job_send_requests(napi_env env, napi_callback_info info) {
  size_t count = 2, length = 0, path_length = 0;
  napi_value arguments[2];
  void *bytes = NULL;
  bool is_buffer = false;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  struct job *job = calloc(1, sizeof *job);
  if (job && count == 2 &&
      napi_get_value_string_utf8(env, arguments[0], job->path, sizeof job->path, &path_length) == napi_ok &&
      path_length < sizeof job->path - 1 && strlen(job->path) == path_length &&
      napi_is_buffer(env, arguments[1], &is_buffer) == napi_ok && is_buffer &&
      napi_get_buffer_info(env, arguments[1], &bytes, &length) == napi_ok && length > 0) {
    job->bytes = malloc(length);
    job->length = length;
    job->run = run_requests;
  }
  if (!job || !job->bytes) {
    free(job);
    napi_throw_type_error(env, NULL, "sendRequests takes netnsPath, bytes");
    return NULL;
  }
  memcpy(job->bytes, bytes, length);
  return start(env, job);
}

napi_value dd_job_make_netns(napi_env env, napi_callback_info info) {
  (void)info;
  struct job *job = calloc(1, sizeof *job);
  if (!job) {
    napi_throw_error(env, NULL, "no memory");
    return NULL;
  }
  job->run = run_make;
  return start(env, job);
}
