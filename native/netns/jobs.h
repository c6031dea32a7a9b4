/* Functions of the addon that wait for the kernel's lock of all links: they run on a thread of libuv's and answer by a
 * promise. */
#ifndef DRYDOCK_NETNS_JOBS_H
#define DRYDOCK_NETNS_JOBS_H

#include <node_api.h>

/* sendRequests(netnsPath, bytes): Promise<number> */
napi_value dd_job_send_requests(napi_env env, napi_callback_info info);

/* makeNetns(): Promise<fd> */
napi_value dd_job_make_netns(napi_env env, napi_callback_info info);

#endif
