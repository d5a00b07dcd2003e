/**
 * @file conu.h
 * @brief libconu: pull an image, look into it, run it, wait, assert and clean up, on Docker and Podman.
 *
 * @copyright The libconu authors. SPDX-License-Identifier: MIT
 */

/**
 * @mainpage The rules of the API
 *
 * @section how_to_read How a signature reads
 *
 * A call that can fail returns a ::conu_status_t: CONU_OK (0) or a negative code. Its parameters stand in one order:
 * the object, the inputs, `timeout_ms`, `cancel`, the outputs, `error`. A call without `cancel` does no input or output
 * and returns at once. Everything else is a getter, which returns its value, or a `_free`, which returns nothing.
 *
 * Treat a negative code that you do not know as a failure: later versions may add codes. No code is ever renumbered.
 *
 * @section ownership Ownership
 *
 * - What comes out through `**out` is yours: free it with the `_free` of its type, a `char *` with conu_string_free().
 * - What is returned as `const` is borrowed: it lives until the object that it came from is freed.
 * - Inputs are copied during the call. Nothing that you pass in has to live longer.
 * - Objects may be freed in any order: each keeps alive what it needs of the one it was made from.
 * - `_free` ignores NULL, never waits for an engine, never fails, and removes nothing that the handle stands for. A
 *   container goes on running when its handle is freed. A freed progress or stream abandons its work.
 * - On failure every output is NULL, 0 or false, and `*error`, if you asked for it, is a new object of yours.
 *
 * @section null NULL
 *
 * NULL never crashes. A call that returns a status answers CONU_ERROR_INVALID_ARGUMENT and names the argument, a getter
 * answers NULL, 0 or false. NULL is allowed, and means something, here:
 * - `engine`: the default engine, see conu_engine_default(). A getter does no input or output, so it does not look for
 *   an engine: it answers NULL.
 * - `cancel`: the call cannot be cancelled.
 * - `error`: you are content with the code.
 * - wherever the description of a function says so.
 *
 * @section threads Threads
 *
 * Engine, image, container and cancel objects may be used by any number of threads at once. Lists, options, builders
 * and metadata may be read by any number of threads, or changed by one. A progress or filesystem lets one call in after
 * the other. A stream has one reader and one writer at a time, which may be two threads; a second one gets
 * CONU_ERROR_STATE. Freeing an object while a call on it runs is an error of the caller. Callbacks run only on threads
 * that called in. The library installs no signal handler, never raises SIGPIPE and never ends the process. After
 * `fork()` the child may use engines, images and containers; a progress, stream or filesystem of the parent answers
 * CONU_ERROR_STATE there.
 *
 * @section time Time
 *
 * Times are milliseconds in an `int64_t`; a negative timeout is none. The timeout of the engine (60 seconds, see
 * conu_engine_set_timeout()) bounds connecting and the head of an answer. What a call asks the engine to wait for comes
 * on top. Pull, push, build, load and save run until they are done or cancelled, but a pull that says nothing for that
 * long fails. A cancel object made with conu_cancel_new_with_timeout() gives any call, or several together, one
 * deadline. A call that is cancelled stops its work within 50 ms; removing what it had created may then take up to 5 s
 * more.
 *
 * @section usual Usual statuses
 *
 * Each function lists the codes that mean something special there. Every call that can fail may also return
 * CONU_ERROR_INVALID_ARGUMENT, CONU_ERROR_NO_MEMORY and CONU_ERROR_INTERNAL. Every call that takes `cancel` may also
 * return
 * - CONU_ERROR_UNREACHABLE: no engine answers at the endpoint, or the connection broke;
 * - CONU_ERROR_PERMISSION: this user may not open the engine's socket or a file that was named;
 * - CONU_ERROR_TIMEOUT: a deadline passed;
 * - CONU_ERROR_CANCELLED: the cancel object was triggered;
 * - CONU_ERROR_PROTOCOL: the answer is not what the Docker Engine API promises;
 * - CONU_ERROR_UNAUTHORIZED: the engine, or a proxy before it, refuses this client;
 * - CONU_ERROR_ENGINE: the engine failed or refused, with a reason that has no code of its own;
 * - CONU_ERROR_UNSUPPORTED: this engine, or this version of the library, cannot do it;
 * - CONU_ERROR_IO: reading or writing on this host failed.
 *
 * @section environment Environment variables
 *
 * An empty variable counts as not set. They are read when an engine is opened, the last one when credentials are
 * needed.
 * - `CONU_HOST`: endpoint of the engine; stands before `DOCKER_HOST`.
 * - `DOCKER_HOST`: endpoint of the engine.
 * - `DOCKER_CONTEXT`: name of the context to use; stands before the `currentContext` of the Docker configuration.
 * - `DOCKER_CONFIG`: folder of the Docker configuration: `config.json`, contexts; `~/.docker` if not set.
 * - `DOCKER_TLS_VERIFY`: any value turns on TLS, with verification of the server, for a `tcp://` endpoint.
 * - `DOCKER_CERT_PATH`: folder with `ca.pem`, `cert.pem` and `key.pem`; the configuration's folder if not set. If it is
 *   set it turns on TLS as well; the server is verified in any case.
 * - `DOCKER_API_VERSION`: the version of the API to speak instead of the negotiated one.
 * - `DOCKER_AUTH_CONFIG`: credentials of registries as JSON, like `config.json`; stands before the files.
 *
 * Their meaning is that of the Docker command line's documentation ("Environment variables"); `CONU_HOST` is our own.
 * Endpoints `ssh://` and `embedded:` answer CONU_ERROR_UNSUPPORTED in this version.
 */
#ifndef CONU_CONU_H
#define CONU_CONU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what the library exports; empty for SWIG. */
#if defined(SWIG)
#define CONU_API
#elif defined(__GNUC__)
#define CONU_API __attribute__((visibility("default")))
#else
#define CONU_API
#endif

/** Gives C++ the fixed underlying type of an enum that C uses anyway. */
#if defined(__cplusplus) && !defined(SWIG)
#define CONU_ENUM : int
#else
#define CONU_ENUM
#endif

/** Major version of this header; conu_version() tells that of the library. */
#define CONU_VERSION_MAJOR 0
/** Minor version of this header. */
#define CONU_VERSION_MINOR 1
/** Patch version of this header. */
#define CONU_VERSION_PATCH 0

/* --- handles ------------------------------------------------------------------------------------------------------ */

/** Why a call failed: code, message, hint. Belongs to whoever asked for it; never changes. */
typedef struct conu_error conu_error_t;
/** Ends the calls that it is given to, from another thread, from a signal handler or at a deadline. */
typedef struct conu_cancel conu_cancel_t;
/** A list of strings. */
typedef struct conu_string_list conu_string_list_t;
/** A connection to a container engine: Docker, or Podman's service. */
typedef struct conu_engine conu_engine_t;
/** An image of an engine, by name or by ID. The image itself need not be there. */
typedef struct conu_image conu_image_t;
/** A list of images. */
typedef struct conu_image_list conu_image_list_t;
/** A container of an engine. */
typedef struct conu_container conu_container_t;
/** A list of containers. */
typedef struct conu_container_list conu_container_list_t;
/** What an engine tells about an image or a container, at one moment. */
typedef struct conu_metadata conu_metadata_t;
/** A pull, push, build, load or s2i_extend that is under way. */
typedef struct conu_progress conu_progress_t;
/** A folder of this host that was made for a test. */
typedef struct conu_directory conu_directory_t;
/** The files of an image or of a container, on this host. */
typedef struct conu_filesystem conu_filesystem_t;
/** How an image or a container is mounted. */
typedef struct conu_mount_options conu_mount_options_t;
/** Bytes that come from a container, and go to it: a log, an executed command. */
typedef struct conu_stream conu_stream_t;
/** What a command that ran has left: exit code and output. */
typedef struct conu_exec_result conu_exec_result_t;
/** The answer of a service to an HTTP request. */
typedef struct conu_http_response conu_http_response_t;
/** What a container is waited for: conditions that are added one by one. One writer at a time. */
typedef struct conu_wait conu_wait_t;
/** How to run a container: options and command, as on the command line. */
typedef struct conu_run_builder conu_run_builder_t;
/** Options of a pull. */
typedef struct conu_pull_options conu_pull_options_t;
/** Options of a build. */
typedef struct conu_build_options conu_build_options_t;
/** How a folder of this host is to be. */
typedef struct conu_directory_options conu_directory_options_t;
/** Options of a command to execute. */
typedef struct conu_exec_options conu_exec_options_t;
/** Options of a log. */
typedef struct conu_logs_options conu_logs_options_t;

/* --- library, errors, cancelling ---------------------------------------------------------------------------------- */

/**
 * @defgroup library Library and errors
 * Version, log, the statuses, and the error object. Functions here are safe to call from any thread.
 * @{
 */

/** The outcome of a call: CONU_OK, or why it failed. */
typedef enum conu_status CONU_ENUM {
  CONU_OK = 0,                      /**< It worked. */
  CONU_ERROR_INVALID_ARGUMENT = -1, /**< An argument is missing, malformed or out of range; no request was made. */
  CONU_ERROR_NOT_FOUND = -2,        /**< There is no such image, tag, container or file. */
  CONU_ERROR_CONFLICT = -3,         /**< Something is in the way, such as a name that is taken. */
  CONU_ERROR_UNAUTHORIZED = -4,     /**< A registry or an engine refuses this user. */
  CONU_ERROR_ENGINE = -5,           /**< The engine, or a registry behind it, failed or refused. */
  CONU_ERROR_UNREACHABLE = -6,      /**< No engine answers, or the connection to it broke. */
  CONU_ERROR_TIMEOUT = -7,          /**< A deadline passed. */
  CONU_ERROR_CANCELLED = -8,        /**< The cancel object was triggered. */
  CONU_ERROR_PROTOCOL = -9,         /**< An answer is not what the Docker Engine API promises. */
  CONU_ERROR_COMMAND_MISSING = -10, /**< A program to be run does not exist. */
  CONU_ERROR_COMMAND_FAILED = -11,  /**< A program ran and failed, for example a step of a build. */
  CONU_ERROR_IO = -12,              /**< Reading or writing on this host failed. */
  CONU_ERROR_PERMISSION = -13,      /**< This user may not do it. */
  CONU_ERROR_UNSUPPORTED = -14,     /**< This engine, or this version of the library, cannot do it. */
  CONU_ERROR_NO_MEMORY = -15,       /**< Memory ran out. */
  CONU_ERROR_STATE = -16,           /**< The object is not in a state for this. */
  CONU_ERROR_RATE_LIMITED = -17,    /**< A registry wants you to come back later. */
  CONU_ERROR_INTERNAL = -18         /**< A fault of the library; please report it. */
} conu_status_t;

/** How important a log message is. */
typedef enum conu_log_level CONU_ENUM {
  CONU_LOG_DEBUG = 0,   /**< Each request and what came of it. */
  CONU_LOG_INFO = 1,    /**< Steps, such as the engine that was found. */
  CONU_LOG_WARNING = 2, /**< Something did not work, and the call goes on without it. */
  CONU_LOG_ERROR = 3    /**< Something did not work, and there was no call left to report it. */
} conu_log_level_t;

/**
 * Receives log messages. It runs on threads that are inside a call of the library, several at once if you use several;
 * it must not throw and must not `longjmp`.
 * @param level How important the message is.
 * @param message One line without a newline, borrowed for the length of the call. It never contains a secret.
 * @param user What was given to conu_set_log_handler().
 */
typedef void (*conu_log_handler_t)(conu_log_level_t level, const char *message, void *user);

/** The version of the library, such as "0.1.0". */
CONU_API const char *conu_version(void);

/** The version of the library as a number: major * 10000 + minor * 100 + patch. */
CONU_API int conu_version_number(void);

/**
 * Sets the one log handler of the process. Without one nothing is logged.
 * @param least Less important messages are left out.
 * @param handler The handler; NULL for none.
 * @param user Passed on to the handler.
 */
CONU_API void conu_set_log_handler(conu_log_level_t least, conu_log_handler_t handler, void *user);

/** Frees a string that came out of a call. */
CONU_API void conu_string_free(char *string);

/** Frees bytes that came out of a call. */
CONU_API void conu_bytes_free(void *data);

/** The name of a status as C writes it, such as "CONU_ERROR_NOT_FOUND"; "CONU_ERROR_UNKNOWN" for any other number. */
CONU_API const char *conu_status_name(conu_status_t status);

/** The code of an error: what the call returned. CONU_OK for NULL. */
CONU_API conu_status_t conu_error_get_code(const conu_error_t *error);

/** What happened: the object, what was tried, and what the engine said. */
CONU_API const char *conu_error_get_message(const conu_error_t *error);

/** Which operation failed. */
CONU_API const char *conu_error_get_operation(const conu_error_t *error);

/** What you can do about it; NULL where the library has no advice. */
CONU_API const char *conu_error_get_hint(const conu_error_t *error);

/** More about the failure as a JSON object, where a function says that there is more; otherwise NULL. */
CONU_API const char *conu_error_get_details_json(const conu_error_t *error);

/** The HTTP status of the engine's answer; 0 where no such answer is behind the failure. */
CONU_API int conu_error_get_http_status(const conu_error_t *error);

/** Frees an error. (The one for exhausted memory is shared, and is left alone.) */
CONU_API void conu_error_free(conu_error_t *error);

/** @} */

/**
 * @defgroup cancel Cancelling
 * A cancel object may be given to many calls, one after the other or at once. It is sticky: once it is triggered, every
 * call that has it or gets it ends with CONU_ERROR_CANCELLED. Any number of threads may use it.
 * @{
 */

/**
 * Asked whether to cancel, on the thread that made the call: each time its cancel object is woken, and every 25 ms or
 * so while the call waits. For interpreters, which may look at their signals only there. It must not throw and must not
 * `longjmp`.
 * @param user What was given to conu_cancel_set_check().
 * @returns true to cancel.
 */
typedef bool (*conu_cancel_check_t)(void *user);

/** A new cancel object; NULL if the process has no file descriptor or no memory left. */
CONU_API conu_cancel_t *conu_cancel_new(void);

/**
 * A new cancel object with a deadline, which ends the calls it is given to with CONU_ERROR_TIMEOUT.
 * @param timeout_ms Counted from now, for all calls together; negative for no deadline.
 * @returns NULL if the process has no file descriptor or no memory left.
 */
CONU_API conu_cancel_t *conu_cancel_new_with_timeout(int64_t timeout_ms);

/** Cancels, for good. Safe in any thread and in a signal handler. */
CONU_API void conu_cancel_trigger(conu_cancel_t *cancel);

/** Whether it has been triggered, or its deadline has passed. */
CONU_API bool conu_cancel_is_triggered(const conu_cancel_t *cancel);

/**
 * Sets the check that is asked after each conu_cancel_wake(). Set it before the object is given to a call.
 * @param cancel The cancel object.
 * @param check The check; NULL for none.
 * @param user Passed on to the check.
 */
CONU_API void conu_cancel_set_check(conu_cancel_t *cancel, conu_cancel_check_t check, void *user);

/** Has the calls that were given this object ask its check. Without a check nothing happens. Safe in any thread
 * and in a signal handler. */
CONU_API void conu_cancel_wake(conu_cancel_t *cancel);

/** Frees a cancel object, which no call may be using any more. */
CONU_API void conu_cancel_free(conu_cancel_t *cancel);

/** @} */

/**
 * @defgroup string_list String lists
 * @{
 */

/** A new, empty list; NULL if memory ran out. */
CONU_API conu_string_list_t *conu_string_list_new(void);

/** Appends a copy of a string. */
CONU_API conu_status_t conu_string_list_append(conu_string_list_t *list, const char *string, conu_error_t **error);

/** How many strings there are. */
CONU_API size_t conu_string_list_size(const conu_string_list_t *list);

/** The string at an index, counted from 0; NULL beyond the end. Borrowed until the list is changed or freed. */
CONU_API const char *conu_string_list_get(const conu_string_list_t *list, size_t index);

/** Frees a list. */
CONU_API void conu_string_list_free(conu_string_list_t *list);

/** @} */

/* --- engine ------------------------------------------------------------------------------------------------------- */

/**
 * @defgroup engine Engine
 * Opening an engine pings it and agrees on a version of the API: the newest that both sides know. Any number of threads
 * may use one engine at once; each call has a connection of its own, and connections are kept warm for the next call.
 * Source: Docker Engine API, "Versioning" and `/_ping`; Docker command line, "Environment variables" and "Contexts".
 * @{
 */

/**
 * Opens an engine and pings it.
 *
 * Without `url` the engine is discovered. In this order: `CONU_HOST`, `DOCKER_HOST`, `DOCKER_CONTEXT`, the current
 * context of the Docker configuration; then the default sockets of Docker, rootless Docker and Podman. An endpoint that
 * was named, by `url` or by one of the first four, and does not answer is the final error; only the default sockets
 * fall through to the next one.
 *
 * @param url `unix://PATH`, `tcp://HOST:PORT` (2375 where it has no port), `https://HOST:PORT` (443) or `context:NAME`;
 *   NULL for discovery.
 * @param cancel Ends the call.
 * @param[out] out The engine.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if `url` is malformed; CONU_ERROR_NOT_FOUND if there is no such context;
 *   CONU_ERROR_UNREACHABLE or CONU_ERROR_PERMISSION if no engine answers; CONU_ERROR_UNSUPPORTED if the ranges of API
 *   versions do not meet (the message has both), for `ssh://` and `embedded:`, and if a library for TLS is missing; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_open(const char *url, conu_cancel_t *cancel, conu_engine_t **out,
                                        conu_error_t **error);

/**
 * The default engine, which every other call takes for a NULL `engine`: discovered at its first use as
 * conu_engine_open() does it, then kept for the process. A discovery that fails is not kept: the next call tries again.
 * @param cancel Ends the call.
 * @param[out] out A handle of its own, to be freed.
 * @param[out] error The error.
 * @returns As conu_engine_open().
 */
CONU_API conu_status_t conu_engine_default(conu_cancel_t *cancel, conu_engine_t **out, conu_error_t **error);

/** Frees a handle. Images and containers made from it go on working. */
CONU_API void conu_engine_free(conu_engine_t *engine);

/** The endpoint, such as "unix:///var/run/docker.sock". */
CONU_API const char *conu_engine_get_url(const conu_engine_t *engine);

/** The version of the API that was agreed on, such as "1.41". */
CONU_API const char *conu_engine_get_api_version(const conu_engine_t *engine);

/** How the engine was found, as a JSON array: each candidate, where it comes from and what it answered. */
CONU_API const char *conu_engine_get_discovery_json(const conu_engine_t *engine);

/**
 * Sets how long to wait for a connection and for the head of an answer, from the next call on: 60 s unless set.
 * @param engine The engine; NULL for the default one, which is looked for if no call has yet.
 * @param timeout_ms Negative for no limit; 0 is CONU_ERROR_INVALID_ARGUMENT.
 * @param[out] error The error.
 * @returns @ref usual "The usual ones".
 */
CONU_API conu_status_t conu_engine_set_timeout(conu_engine_t *engine, int64_t timeout_ms, conu_error_t **error);

/** Asks the engine for a sign of life. Docker Engine API, HEAD /_ping. Returns @ref usual "the usual ones". */
CONU_API conu_status_t conu_engine_ping(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error);

/** Facts about the engine's host as JSON. Docker Engine API, GET /info. Returns @ref usual "the usual ones". */
CONU_API conu_status_t conu_engine_info(conu_engine_t *engine, conu_cancel_t *cancel, char **out, conu_error_t **error);

/** Versions of the engine as JSON. Docker Engine API, GET /version. Returns @ref usual "the usual ones". */
CONU_API conu_status_t conu_engine_version(conu_engine_t *engine, conu_cancel_t *cancel, char **out,
                                           conu_error_t **error);

/**
 * Checks credentials of a registry with the engine, and keeps them in this engine's handle for later pulls, pushes and
 * builds. They are written nowhere. Without a login, credentials come from `DOCKER_AUTH_CONFIG`, from the Docker
 * configuration file and from the credential helpers that it names. Docker Engine API, POST /auth.
 * @param engine The engine; NULL for the default one.
 * @param username Name of the user.
 * @param password Password or token.
 * @param registry Host of the registry, with its port if it has one; NULL for Docker Hub.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_UNAUTHORIZED if the registry refuses them; CONU_ERROR_ENGINE if the engine cannot reach the
 *   registry; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_login(conu_engine_t *engine, const char *username, const char *password,
                                         const char *registry, conu_cancel_t *cancel, conu_error_t **error);

/**
 * The images that the engine has, each once, named by the first of its names. Docker Engine API, GET /images/json.
 * Returns @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_list_images(conu_engine_t *engine, conu_cancel_t *cancel, conu_image_list_t **out,
                                               conu_error_t **error);

/**
 * The containers that the engine has, whoever made them, those that do not run among them. Docker Engine API, GET
 * /containers/json. Returns @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_list_containers(conu_engine_t *engine, conu_cancel_t *cancel,
                                                   conu_container_list_t **out, conu_error_t **error);

/**
 * Removes the containers that this process has made with the library, also those that run, with their anonymous
 * volumes. They are known by their label `conu.session`; a forked child is a session of its own. What is gone already
 * counts as removed. All are tried, some of them again, before the first failure is told. Docker Engine API, DELETE
 * /containers/{id}. Returns @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_cleanup_containers(conu_engine_t *engine, conu_cancel_t *cancel,
                                                      conu_error_t **error);

/**
 * Removes the images that this process has built or committed, under all their names, and this process's containers
 * that use them; otherwise like conu_engine_cleanup_containers(). Images that were pulled, loaded or only tagged are
 * not its own. Docker Engine API, DELETE /images/{name}. Returns CONU_ERROR_CONFLICT if containers that others made, or
 * their images, need one of them, which stays then; and
 * @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_cleanup_images(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Removes the named volumes that this process has made by running containers; otherwise like
 * conu_engine_cleanup_containers(). Docker Engine API, DELETE /volumes/{name}.
 * Returns CONU_ERROR_CONFLICT if a container uses one of them, which stays then; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_engine_cleanup_volumes(conu_engine_t *engine, conu_cancel_t *cancel, conu_error_t **error);

/** How many images there are. */
CONU_API size_t conu_image_list_size(const conu_image_list_t *list);

/** The image at an index, counted from 0, as a handle of its own. CONU_ERROR_INVALID_ARGUMENT beyond the end. */
CONU_API conu_status_t conu_image_list_get(const conu_image_list_t *list, size_t index, conu_image_t **out,
                                           conu_error_t **error);

/** Frees a list. Images that were taken from it stay. */
CONU_API void conu_image_list_free(conu_image_list_t *list);

/** How many containers there are. */
CONU_API size_t conu_container_list_size(const conu_container_list_t *list);

/** The container at an index, counted from 0, as a handle of its own. CONU_ERROR_INVALID_ARGUMENT beyond the end. */
CONU_API conu_status_t conu_container_list_get(const conu_container_list_t *list, size_t index, conu_container_t **out,
                                               conu_error_t **error);

/** Frees a list. Containers that were taken from it stay. */
CONU_API void conu_container_list_free(conu_container_list_t *list);

/** @} */

/* --- image -------------------------------------------------------------------------------------------------------- */

/**
 * @defgroup image Image
 * A handle stands for an image by name or by ID; whether the engine has that image is another question, see
 * conu_image_is_present(). Where a call needs an image that the engine does not have, it returns CONU_ERROR_NOT_FOUND.
 * Any number of threads may use one image at once.
 * Source: Docker Engine API, "Images"; the reference grammar of the distribution project; OCI image specification.
 * @{
 */

/** What conu_image_new() does about an image that the engine may not have. */
typedef enum conu_pull_policy CONU_ENUM {
  CONU_PULL_NEVER = 0,          /**< Makes no request. */
  CONU_PULL_IF_NOT_PRESENT = 1, /**< Asks the engine, and pulls if the image is not there. */
  CONU_PULL_ALWAYS = 2          /**< Pulls. */
} conu_pull_policy_t;

/**
 * Reads the name of an image by the reference grammar of the distribution project, with Docker Hub's short forms.
 * @param reference A name such as "fedora", "quay.io/fedora/fedora:33" or "[::1]:5000/x@sha256:...".
 * @param[out] out A JSON object with `domain`, `path`, `tag`, `digest` (the last two null where absent), `familiar`,
 * the shortest form, and `normalized`, the complete one: "fedora" and "docker.io/library/fedora:latest".
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT, naming the part that is wrong.
 */
CONU_API conu_status_t conu_parse_reference(const char *reference, char **out, conu_error_t **error);

/**
 * An image by name. The pull policy acts here, once.
 * @param engine The engine; NULL for the default one.
 * @param repository Name without or with a tag or a digest.
 * @param tag The tag, or a digest; NULL for what `repository` has, or "latest" where that has neither.
 * @param pull_policy Whether to pull.
 * @param cancel Ends the call.
 * @param[out] out The image.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if the name is malformed or has its tag twice; where it pulls, the codes of
 *   conu_image_pull(); and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_new(conu_engine_t *engine, const char *repository, const char *tag,
                                      conu_pull_policy_t pull_policy, conu_cancel_t *cancel, conu_image_t **out,
                                      conu_error_t **error);

/**
 * An image that the engine has, by its ID. Docker Engine API, GET /images/{name}/json.
 * Returns CONU_ERROR_NOT_FOUND if there is none; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_from_id(conu_engine_t *engine, const char *id, conu_cancel_t *cancel,
                                          conu_image_t **out, conu_error_t **error);

/**
 * Builds an image and waits for it. Docker Engine API, POST /build; the classic builder, so that Docker and Podman
 * agree.
 * @param engine The engine; NULL for the default one.
 * @param options What to build; the path is required.
 * @param cancel Ends the build.
 * @param[out] out The image, by its first tag, or by ID where it got no tag.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND or CONU_ERROR_IO if the folder or the Dockerfile cannot be read;
 *   CONU_ERROR_COMMAND_FAILED if a step fails, which the message names; the codes of conu_image_pull() for the base
 *   image; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_build(conu_engine_t *engine, const conu_build_options_t *options,
                                        conu_cancel_t *cancel, conu_image_t **out, conu_error_t **error);

/**
 * Starts a build and returns as soon as the engine has accepted it. The steps are the lines of the log; the image comes
 * from conu_progress_take_image(). Statuses: conu_image_build(), those of the build itself from conu_progress_next().
 */
CONU_API conu_status_t conu_image_build_progress(conu_engine_t *engine, const conu_build_options_t *options,
                                                 conu_cancel_t *cancel, conu_progress_t **out, conu_error_t **error);

/**
 * Loads images from a tar archive and waits for them. Docker Engine API, POST /images/load.
 * @param engine The engine; NULL for the default one.
 * @param path An archive as conu_image_save() or `docker save` writes it; a regular file.
 * @param cancel Ends the call.
 * @param[out] out The images that were loaded.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND, CONU_ERROR_PERMISSION or CONU_ERROR_IO if the file cannot be read; CONU_ERROR_ENGINE
 * if the engine does not take it for an archive of images; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_load(conu_engine_t *engine, const char *path, conu_cancel_t *cancel,
                                       conu_image_list_t **out, conu_error_t **error);

/**
 * Starts to load images; they come from conu_progress_take_images(). Statuses: conu_image_load(), those of the load
 * itself from conu_progress_next().
 */
CONU_API conu_status_t conu_image_load_progress(conu_engine_t *engine, const char *path, conu_cancel_t *cancel,
                                                conu_progress_t **out, conu_error_t **error);

/** Frees a handle; the image stays. */
CONU_API void conu_image_free(conu_image_t *image);

/** The name as it was given, with its tag or digest, such as "fedora:latest"; the ID where the image has no name. */
CONU_API const char *conu_image_get_full_name(const conu_image_t *image);

/** The name without tag and digest, such as "fedora"; NULL where the image has no name. */
CONU_API const char *conu_image_get_repository(const conu_image_t *image);

/** The tag, such as "latest"; the digest of a name that has one and no tag; NULL where the image has no name. */
CONU_API const char *conu_image_get_tag(const conu_image_t *image);

/**
 * The ID of the image, such as "sha256:...", asked once and then remembered. Docker Engine API, GET
 * /images/{name}/json. Returns CONU_ERROR_NOT_FOUND if the engine does not have the image; and @ref usual "the usual
 * ones".
 */
CONU_API conu_status_t conu_image_get_id(conu_image_t *image, conu_cancel_t *cancel, char **out, conu_error_t **error);

/**
 * Whether the engine has the image, asked anew each time. An image that is not there is an answer, false; an engine
 * that cannot be reached is an error. Docker Engine API, GET /images/{name}/json. Returns @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_is_present(conu_image_t *image, conu_cancel_t *cancel, bool *out,
                                             conu_error_t **error);

/**
 * All that the engine tells about the image, as the JSON it sent. Docker Engine API, GET /images/{name}/json.
 * @param image The image.
 * @param refresh true to ask anew; false takes the last answer if there is one.
 * @param cancel Ends the call.
 * @param[out] out The document.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_inspect(conu_image_t *image, bool refresh, conu_cancel_t *cancel, char **out,
                                          conu_error_t **error);

/**
 * The same facts, read for you. `refresh` and statuses: conu_image_inspect(); CONU_ERROR_PROTOCOL if the document does
 * not have the shape that the Docker Engine API gives it.
 */
CONU_API conu_status_t conu_image_get_metadata(conu_image_t *image, bool refresh, conu_cancel_t *cancel,
                                               conu_metadata_t **out, conu_error_t **error);

/**
 * Pulls the image from its registry and waits for it. Docker Engine API, POST /images/create.
 *
 * With a digest in the name that very image is pulled. Failures of a passing kind are tried again a few times.
 *
 * @param image An image with a name.
 * @param options The platform; NULL for the engine's own choice.
 * @param cancel Ends the pull.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if there is no such repository, tag or platform; CONU_ERROR_UNAUTHORIZED if the
 * registry wants credentials or refuses them; CONU_ERROR_RATE_LIMITED; CONU_ERROR_ENGINE if the engine cannot reach the
 * registry; CONU_ERROR_TIMEOUT if the pull says nothing for the engine's timeout; CONU_ERROR_INVALID_ARGUMENT if the
 * image has no name; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_pull(conu_image_t *image, const conu_pull_options_t *options, conu_cancel_t *cancel,
                                       conu_error_t **error);

/**
 * Starts a pull; conu_progress_take_image() gives the image at the end. Statuses: conu_image_pull(), those of the pull
 * itself from conu_progress_next().
 */
CONU_API conu_status_t conu_image_pull_progress(conu_image_t *image, const conu_pull_options_t *options,
                                                conu_cancel_t *cancel, conu_progress_t **out, conu_error_t **error);

/**
 * Pushes the image to its registry and waits. With `repository` or `tag` the image is first tagged so, as
 * conu_image_tag_image() does it, and pushed under that name. Docker Engine API, POST /images/{name}/push.
 * @param image The image.
 * @param repository Name to push under; NULL for the image's own.
 * @param tag Tag to push under; NULL for the image's own, or "latest" where `repository` is given.
 * @param cancel Ends the push.
 * @param[out] out The image under the name that was pushed.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image; CONU_ERROR_UNAUTHORIZED if the registry wants
 *   credentials or refuses them; CONU_ERROR_RATE_LIMITED; CONU_ERROR_ENGINE if the engine cannot reach the registry;
 * and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_push(conu_image_t *image, const char *repository, const char *tag,
                                       conu_cancel_t *cancel, conu_image_t **out, conu_error_t **error);

/**
 * Starts a push; conu_progress_take_image() gives the image under the name that was pushed. Statuses:
 * conu_image_push(), those of the push itself from conu_progress_next().
 */
CONU_API conu_status_t conu_image_push_progress(conu_image_t *image, const char *repository, const char *tag,
                                                conu_cancel_t *cancel, conu_progress_t **out, conu_error_t **error);

/**
 * Gives the image one more name. Docker Engine API, POST /images/{name}/tag.
 * @param image The image.
 * @param repository Name without tag; NULL for the image's own.
 * @param tag The tag; NULL for "latest". One of the two must be given.
 * @param cancel Ends the call.
 * @param[out] out The image under its new name.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if both are NULL or the name is malformed; CONU_ERROR_NOT_FOUND if the engine
 * does not have the image; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_tag_image(conu_image_t *image, const char *repository, const char *tag,
                                            conu_cancel_t *cancel, conu_image_t **out, conu_error_t **error);

/**
 * Removes the image from the engine. Docker Engine API, DELETE /images/{name}.
 * @param image The image.
 * @param force Also if it has other names or a stopped container uses it.
 * @param via_name true removes this name, and the image once no name is left; false removes the image by its ID.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image; CONU_ERROR_CONFLICT if something is in the way,
 * with the containers that use the image in conu_error_get_details_json(); and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_rmi(conu_image_t *image, bool force, bool via_name, conu_cancel_t *cancel,
                                      conu_error_t **error);

/**
 * Writes the image to a tar archive. After a failure there is no half-written file. Docker Engine API, GET
 * /images/{name}/get.
 * @param image The image.
 * @param path The file; one that exists is replaced when the archive is complete.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image or the folder does not exist;
 *   CONU_ERROR_PERMISSION or CONU_ERROR_IO if the file cannot be written; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_save(conu_image_t *image, const char *path, conu_cancel_t *cancel,
                                       conu_error_t **error);

/**
 * The IDs in the history of the image, one for each step that made it; "<missing>" for a step whose own image the
 * engine does not have. Docker Engine API, GET /images/{name}/history.
 * @param image The image.
 * @param newest_first true begins with the image itself, false with its oldest ancestor.
 * @param cancel Ends the call.
 * @param[out] out The IDs.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_get_layer_ids(conu_image_t *image, bool newest_first, conu_cancel_t *cancel,
                                                conu_string_list_t **out, conu_error_t **error);

/**
 * The images in the history of the image, as far as the engine has them. `newest_first` and statuses:
 * conu_image_get_layer_ids().
 */
CONU_API conu_status_t conu_image_layers(conu_image_t *image, bool newest_first, conu_cancel_t *cancel,
                                         conu_image_list_t **out, conu_error_t **error);

/**
 * Whether every rpm package of the image is signed, and with these keys alone. The rpm program of the image is asked,
 * in a container without a network that is removed again. Packages that do not pass are named in the log, as warnings.
 * Docker Engine API, POST /containers/create, and rpm(8), "Query options".
 * @param image The image.
 * @param allowed_keys IDs or fingerprints of the keys, or at least 8 digits of their end; in any case, with or without
 *   "0x".
 * @param cancel Ends the call.
 * @param[out] out true: all are.
 * @param[out] error The error.
 * @returns CONU_ERROR_UNSUPPORTED if the image has no rpm program, or no package of rpm's; CONU_ERROR_INVALID_ARGUMENT
 *   if there is no key, or a malformed one; CONU_ERROR_COMMAND_FAILED if rpm fails; CONU_ERROR_NOT_FOUND if the engine
 *   does not have the image; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_has_pkgs_signed_with(conu_image_t *image, const conu_string_list_t *allowed_keys,
                                                       conu_cancel_t *cancel, bool *out, conu_error_t **error);

/**
 * Checks the image against a document, in the schema of container-structure-test and with some checks more: files that
 * should or should not be there, with their modes and owners; what is in them; the image's configuration; what commands
 * print and how they end; which layer brought a file, and what is hidden below it. docs/checks.md has the whole schema.
 * Files are looked at by a mount where that takes no time, else one by one through a container that is never started;
 * each command runs in a container of its own, at most four at a time. All that was made for it is removed. Docker
 * Engine API, GET /images/{name}/json, POST /containers/create and GET /containers/{id}/archive.
 * @param image The image; it is not pulled.
 * @param checks_json The document. What is not known in it, or of a wrong type, is an error and never passed over.
 * @param cancel Ends the call; what was made by then is removed.
 * @param[out] out The results as JSON, to be freed with conu_string_free(): an object with the numbers `Pass`, `Fail`
 * and `Total`, `Duration` in nanoseconds, `Image`, its name, and the array `Results` of objects with `Name`, `Pass`,
 *   `Errors`, `Stdout`, `Stderr` (each left out where it is empty) and `Duration`. A check that does not hold is no
 *   error of the call: its `Errors` tell what was expected and what was found.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT, before any request, if something is wrong with the document: the message names
 *   its path, such as `$.fileContentTests[0].path`; CONU_ERROR_NOT_FOUND if the engine does not have the image;
 *   CONU_ERROR_UNSUPPORTED if there are checks of layers and the engine gives these compressed; and @ref usual "the
 * usual ones".
 */
CONU_API conu_status_t conu_image_check(conu_image_t *image, const char *checks_json, conu_cancel_t *cancel, char **out,
                                        conu_error_t **error);

/**
 * Makes a report of results in the XML of JUnit, as CI systems read it. Characters that XML cannot have become U+FFFD.
 * @param results_json What conu_image_check() gave, or container-structure-test wrote with `--output json`.
 * @param[out] out The report, to be freed with conu_string_free().
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if these are no such results; and CONU_ERROR_NO_MEMORY.
 */
CONU_API conu_status_t conu_check_results_to_junit(const char *results_json, char **out, conu_error_t **error);

/**
 * Mounts the image: its files appear in a folder of this host, read-only, without anything running. Of the ways to do
 * it the first one that works is taken, see conu_filesystem_get_method(): of a local engine that shows where it keeps
 * layers the kernel puts these one above the other, in the same time whatever the size; where it refuses,
 * fuse-overlayfs does it; else the files are copied out of the engine.
 *
 * A process that ends without unmounting leaves its mounts behind. The next mount of the same user removes them (of one
 * process: its first, and later ones at most once a second), and so does conu_filesystem_sweep(). For files that are
 * copied out of an engine there is a container that is never started, and goes with the end of the call; one whose
 * process was killed meanwhile is removed by the next copying out of that engine from this host.
 * @param image The image; it is not pulled.
 * @param mount_point A folder for the files, which must be empty; one that does not exist is made, and removed in the
 *   end. NULL or empty: a new one below the folder for temporary files.
 * @param options NULL for the usual ones.
 * @param cancel Ends the call; what was made by then is removed.
 * @param[out] out The files.
 * @param[out] error The error. Where no way works its message tells what each one met.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image; CONU_ERROR_CONFLICT if the mount point is not
 *   empty or has something mounted on it; CONU_ERROR_UNSUPPORTED or CONU_ERROR_PERMISSION if no way, or not the one
 * that is asked for, can be gone with this engine and by this user; CONU_ERROR_COMMAND_MISSING if fuse-overlayfs is
 * asked for and not installed; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_mount(conu_image_t *image, const char *mount_point,
                                        const conu_mount_options_t *options, conu_cancel_t *cancel,
                                        conu_filesystem_t **out, conu_error_t **error);

/** Standard streams of a process, to be added up. */
enum { CONU_STDIN_PIPE = 1, CONU_STDOUT_PIPE = 2, CONU_STDERR_PIPE = 4 };

/**
 * Creates a container from the image **and** starts it. A container that was created and then could not be started, or
 * whose creation was cancelled, is removed again. It carries the labels `conu.test_artifact`, `conu.session`,
 * `conu.pid`, `conu.boot` and `conu.start`, by which cleaning up finds it. Docker Engine API, POST /containers/create
 * and POST /containers/{id}/start.
 * @param image The image; it is not pulled, unless the options have `--pull always` or `--pull missing`.
 * @param builder Options and command; NULL for the image's own command and no options.
 * @param cancel Ends the call.
 * @param[out] out The container.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the engine does not have the image; CONU_ERROR_CONFLICT if the name is taken;
 *   CONU_ERROR_COMMAND_MISSING if the image has no such program; CONU_ERROR_COMMAND_FAILED if it cannot be executed;
 *   CONU_ERROR_INVALID_ARGUMENT, before any request, if an option is malformed or unknown; CONU_ERROR_UNSUPPORTED if
 *   the engine's API is too old for an option; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_run_via_api(conu_image_t *image, const conu_run_builder_t *builder,
                                              conu_cancel_t *cancel, conu_container_t **out, conu_error_t **error);

/**
 * The same by the program of the engine, `docker run --detach`, which is pointed at the engine of the image whatever
 * the environment says. The container has the same labels, and volumes that it names and that do not exist are created
 * as by conu_image_run_via_api(). The program judges the options; unless they say otherwise, it pulls an image that the
 * engine does not have. The call has no time limit but that of `cancel`.
 * @param image The image.
 * @param builder Options, command, and the program; NULL for the image's own command and no options. Unless
 *   conu_run_builder_set_binary() was called, the program is `docker`, which Podman understands as well, or `podman`
 *   where there is none.
 * @param cancel Ends the call. The program may then go on for 2.5 s, so that what it has created can be removed.
 * @param[out] out The container.
 * @param[out] error The error.
 * @returns CONU_ERROR_COMMAND_FAILED if the program fails; the message has what it said, and the details have
 *   `exit_code` and `stderr`. CONU_ERROR_COMMAND_MISSING if there is no program; CONU_ERROR_UNSUPPORTED if the program
 *   cannot reach the engine, as `podman` over TLS; CONU_ERROR_STATE if this process reaps its children by itself; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_run_via_binary(conu_image_t *image, const conu_run_builder_t *builder,
                                                 conu_cancel_t *cancel, conu_container_t **out, conu_error_t **error);

/**
 * The same in the foreground: the program stays, with the container's streams as its own, until the container ends. The
 * call returns once the container has started. The program belongs to the handle: conu_container_free() ends and reaps
 * it, but neither ends nor removes the container, which conu_container_delete() does.
 * @param image The image.
 * @param builder As for conu_image_run_via_binary().
 * @param stdio The streams of the program that are pipes: a sum of CONU_STDIN_PIPE, CONU_STDOUT_PIPE and
 *   CONU_STDERR_PIPE, or 0. The others are those of this process. CONU_STDIN_PIPE implies the option `--interactive`.
 * @param container_name The container's name; NULL or "" for that of the builder, or any.
 * @param cancel Ends the call.
 * @param[out] out The container: conu_container_write_to_stdin(), conu_container_close_stdin(),
 *   conu_container_get_process_stream() and conu_container_wait_process() are for it.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if no container can have this name, or if the builder gives it another one; and
 *   those of conu_image_run_via_binary(). What the program said can be told where CONU_STDERR_PIPE is given.
 */
CONU_API conu_status_t conu_image_run_via_binary_in_foreground(conu_image_t *image, const conu_run_builder_t *builder,
                                                               unsigned stdio, const char *container_name,
                                                               conu_cancel_t *cancel, conu_container_t **out,
                                                               conu_error_t **error);

/**
 * Extends a builder image with source code, as `s2i build` of the project source-to-image does it: the source goes into
 * a container of the builder, the builder's script `assemble` runs there, and the container becomes the new image,
 * which runs the script `run`. No program s2i is needed. A repository that is not a folder of this host, or has
 * commits, is cloned by the program `git`, which asks for nothing: credentials come from the URL, or where git looks
 * for them. Where the environment has CONU_S2I=binary, the program s2i is run instead, as it is.
 *
 * What the builder tells by its labels, the files `.s2i` and `.s2iignore` of the source, the environment, users, and
 * the labels of the new image are as the documents of source-to-image have them. The new image carries this session's
 * label, so that conu_engine_cleanup_images() removes it. Podman's commit cannot express all of a configuration: its
 * images have `TERM` and `container` in their environment, and a value may have no line break.
 * @param image The builder. It is pulled if the engine does not have it, unless the argument `--pull-policy` says
 *   otherwise.
 * @param source A folder, a git repository of this host (its last commit is taken), or a URL for git.
 * @param new_image_name The name of the new image; it may carry a tag.
 * @param s2i_args Options of `s2i build`, an argument each, such as `--env`, `A=b`, `--incremental`; NULL for none.
 *   `--as-dockerfile`, `--callback-url`, `--help`, `--image-scripts-url`, `--run` and `--use-config` are
 *   CONU_ERROR_UNSUPPORTED; `--loglevel` changes nothing.
 * @param cancel Ends the call. What was made by then is removed.
 * @param[out] out The new image; free it with conu_image_free().
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT, before any request, for a malformed option or name, or a source that is no
 *   folder or has no commits, and later for one with pipes or devices in it, and for labels of more than 10,240 bytes;
 *   CONU_ERROR_NOT_FOUND if there is no such source, or no script `assemble` or `run`;
 *   CONU_ERROR_PERMISSION if `--allowed-uids` leaves out who would assemble; CONU_ERROR_COMMAND_MISSING if git is needed
 *   and not there; CONU_ERROR_COMMAND_FAILED if git or a script fails: the details have its `exit_code`, and the last
 *   lines of a script as `output`; CONU_ERROR_PROTOCOL for an `image_metadata.json` that cannot be read; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_image_s2i_extend(conu_image_t *image, const char *source, const char *new_image_name,
                                             const conu_string_list_t *s2i_args, conu_cancel_t *cancel,
                                             conu_image_t **out, conu_error_t **error);

/**
 * The same as work that is asked for its steps: the lines that the scripts write, as they come, are the texts; those of
 * a script's standard output come without the blanks around them. The image comes from conu_progress_take_image().
 * Statuses: conu_image_s2i_extend(), those of the work itself from conu_progress_next().
 */
CONU_API conu_status_t conu_image_s2i_extend_progress(conu_image_t *image, const char *source,
                                                      const char *new_image_name, const conu_string_list_t *s2i_args,
                                                      conu_cancel_t *cancel, conu_progress_t **out,
                                                      conu_error_t **error);

/**
 * What the script `usage` of a builder image writes, in UTF-8; free it with conu_string_free(). Statuses:
 * conu_image_s2i_extend().
 */
CONU_API conu_status_t conu_image_s2i_usage(conu_image_t *image, conu_cancel_t *cancel, char **out,
                                            conu_error_t **error);

/** @} */

/**
 * @defgroup options Options of pull and build
 * Setters copy what they are given. CONU_ERROR_INVALID_ARGUMENT if it is NULL or malformed.
 * @{
 */

/** New options; NULL if memory ran out. */
CONU_API conu_pull_options_t *conu_pull_options_new(void);

/** The platform to pull, such as "linux/arm64/v8": operating system, architecture, variant. */
CONU_API conu_status_t conu_pull_options_set_platform(conu_pull_options_t *options, const char *platform,
                                                      conu_error_t **error);

/** Frees options. */
CONU_API void conu_pull_options_free(conu_pull_options_t *options);

/** New options; NULL if memory ran out. */
CONU_API conu_build_options_t *conu_build_options_new(void);

/** The folder to build from. All of it is sent to the engine, but for what its `.dockerignore` leaves out. */
CONU_API conu_status_t conu_build_options_set_path(conu_build_options_t *options, const char *path,
                                                   conu_error_t **error);

/** The Dockerfile, relative to the folder; "Dockerfile" unless set. */
CONU_API conu_status_t conu_build_options_set_dockerfile(conu_build_options_t *options, const char *dockerfile,
                                                         conu_error_t **error);

/** One more name for the image, with or without a tag. */
CONU_API conu_status_t conu_build_options_add_tag(conu_build_options_t *options, const char *tag, conu_error_t **error);

/** A value for an ARG of the Dockerfile. Given twice, the last one counts. */
CONU_API conu_status_t conu_build_options_add_arg(conu_build_options_t *options, const char *name, const char *value,
                                                  conu_error_t **error);

/** A label for the image. Given twice, the last one counts. */
CONU_API conu_status_t conu_build_options_add_label(conu_build_options_t *options, const char *name, const char *value,
                                                    conu_error_t **error);

/** The stage of the Dockerfile to stop at. */
CONU_API conu_status_t conu_build_options_set_target(conu_build_options_t *options, const char *stage,
                                                     conu_error_t **error);

/** The platform to build for, such as "linux/arm64/v8". */
CONU_API conu_status_t conu_build_options_set_platform(conu_build_options_t *options, const char *platform,
                                                       conu_error_t **error);

/** Whether to run every step even if the engine has its result; false unless set. */
CONU_API void conu_build_options_set_no_cache(conu_build_options_t *options, bool no_cache);

/** Whether to pull the base image even if the engine has it; false unless set. */
CONU_API void conu_build_options_set_pull(conu_build_options_t *options, bool pull);

/** Frees options. */
CONU_API void conu_build_options_free(conu_build_options_t *options);

/** @} */

/* --- progress ----------------------------------------------------------------------------------------------------- */

/**
 * @defgroup progress Progress
 * A pull, push, build, load or s2i_extend as steps: call conu_progress_next() while `*more` is true. The getters
 * speak of the step that was read last, and what they return is borrowed until the next one. Calls from several threads
 * run one after the other. Source: Docker Engine API, the streams of POST /images/create, /images/{name}/push, /build
 * and /images/load.
 * @{
 */

/**
 * Reads the next step.
 * @param progress The progress.
 * @param timeout_ms How long to wait for a step; negative for as long as it takes.
 * @param cancel Ends the waiting, not the work.
 * @param[out] more true: there is a step; false: the work is done and has succeeded.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT and CONU_ERROR_CANCELLED do not end the work: call again. Every other code is the failure
 * of the work, and its end; see the function that started it.
 */
CONU_API conu_status_t conu_progress_next(conu_progress_t *progress, int64_t timeout_ms, conu_cancel_t *cancel,
                                          bool *more, conu_error_t **error);

/** The layer that the step is about; NULL if it is about the whole. */
CONU_API const char *conu_progress_get_layer(const conu_progress_t *progress);

/** What happens, in the engine's words, such as "Downloading"; NULL for a step that is log text. */
CONU_API const char *conu_progress_get_status(const conu_progress_t *progress);

/** A line of a build's log; NULL for other steps. */
CONU_API const char *conu_progress_get_text(const conu_progress_t *progress);

/** How much of the layer is done, in bytes; 0 where unknown. */
CONU_API int64_t conu_progress_get_current(const conu_progress_t *progress);

/** The size of the layer in bytes; 0 where unknown. */
CONU_API int64_t conu_progress_get_total(const conu_progress_t *progress);

/**
 * The image that a pull, push or build has made, after its end.
 * @param progress The progress.
 * @param[out] out The image.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE before the end, after a failure, and for a load.
 */
CONU_API conu_status_t conu_progress_take_image(conu_progress_t *progress, conu_image_t **out, conu_error_t **error);

/**
 * The images that a load has brought, after its end.
 * @param progress The progress.
 * @param[out] out The images.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE before the end, after a failure, and for anything but a load.
 */
CONU_API conu_status_t conu_progress_take_images(conu_progress_t *progress, conu_image_list_t **out,
                                                 conu_error_t **error);

/**
 * Ends the work and waits, at most 5 s, until what it had begun is cleaned up. conu_progress_next() then answers
 * CONU_ERROR_STATE. Success also if the work had ended already: its last steps can still be read then.
 */
CONU_API conu_status_t conu_progress_cancel(conu_progress_t *progress, conu_error_t **error);

/**
 * Frees a progress. Work that has not ended is abandoned: its connection is closed, and the engine stops it. The
 * container of an s2i_extend is removed, which is waited for, at most 5 s.
 */
CONU_API void conu_progress_free(conu_progress_t *progress);

/** @} */

/* --- metadata ----------------------------------------------------------------------------------------------------- */

/**
 * @defgroup metadata Metadata
 * A snapshot, which never changes. A getter answers NULL where the object has no such thing: an image has no hostname.
 * Source: Docker Engine API, GET /images/{name}/json and GET /containers/{id}/json.
 * @{
 */

/** The name: the first name of an image, the name of a container without a slash. */
CONU_API const char *conu_metadata_get_name(const conu_metadata_t *metadata);

/** The ID. */
CONU_API const char *conu_metadata_get_identifier(const conu_metadata_t *metadata);

/** When it was created, by RFC 3339, as the engine wrote it. */
CONU_API const char *conu_metadata_get_creation_timestamp(const conu_metadata_t *metadata);

/** The first of the repository digests of an image. */
CONU_API const char *conu_metadata_get_digest(const conu_metadata_t *metadata);

/** The host name inside a container. */
CONU_API const char *conu_metadata_get_hostname(const conu_metadata_t *metadata);

/** The state of a container, such as "running" or "exited". */
CONU_API const char *conu_metadata_get_status(const conu_metadata_t *metadata);

/** The value of a label; NULL if there is no such label. */
CONU_API const char *conu_metadata_get_label(const conu_metadata_t *metadata, const char *name);

/** The value of a variable of the environment; NULL if there is no such variable. */
CONU_API const char *conu_metadata_get_env(const conu_metadata_t *metadata, const char *name);

/** All labels, as a JSON object of strings. */
CONU_API const char *conu_metadata_get_labels_json(const conu_metadata_t *metadata);

/** The whole environment, as a JSON object of strings. */
CONU_API const char *conu_metadata_get_env_json(const conu_metadata_t *metadata);

/** The ports of a container, as a JSON object: for "8080/tcp" the host's addresses and ports, as
 * conu_container_get_port_mappings() gives them; an empty list for a port that is exposed and not published. */
CONU_API const char *conu_metadata_get_port_mappings_json(const conu_metadata_t *metadata);

/** The command that is run. */
CONU_API const conu_string_list_t *conu_metadata_get_command(const conu_metadata_t *metadata);

/** All names of an image, with their tags; of a container, the one that it was made from. */
CONU_API const conu_string_list_t *conu_metadata_get_image_names(const conu_metadata_t *metadata);

/** The digests under which registries know an image, as "repository@sha256:...". */
CONU_API const conu_string_list_t *conu_metadata_get_repo_digests(const conu_metadata_t *metadata);

/** The ports that are declared open, as "8080/tcp". */
CONU_API const conu_string_list_t *conu_metadata_get_exposed_ports(const conu_metadata_t *metadata);

/** The IPv4 addresses of a container, one for each network. */
CONU_API const conu_string_list_t *conu_metadata_get_ipv4_addresses(const conu_metadata_t *metadata);

/** The IPv6 addresses of a container, one for each network. */
CONU_API const conu_string_list_t *conu_metadata_get_ipv6_addresses(const conu_metadata_t *metadata);

/** Frees metadata. */
CONU_API void conu_metadata_free(conu_metadata_t *metadata);

/** @} */

/* --- container ---------------------------------------------------------------------------------------------------- */

/**
 * @defgroup run_builder Run builder
 * How to run a container, in the words of `docker run`: options, then the image, then the command. Every option of the
 * docker programs 20.10 to 28 is understood, in all its spellings, and means what it means to the program; an engine
 * that cannot do one refuses it. Not to be had are those for Windows containers, `--help` and
 * `--disable-content-trust=false`.
 *
 * What the program does by itself is done by conu_image_run_via_api() as well: `--pull`, `--cidfile`, reading the files
 * of `--env-file`, `--label-file` and `--security-opt seccomp=`, putting credentials for registries into a container of
 * `--use-api-socket`. `--detach` is always the case; as with the program, it
 * leaves the container's stdin open when an attached client goes. `--sig-proxy` and `--detach-keys` say nothing here.
 * Source: Docker command line, "docker container run".
 * @{
 */

/**
 * A new builder.
 * @param command The command and its arguments; NULL for the image's own.
 * @param additional_opts Options; NULL for none.
 * @param[out] out The builder.
 * @param[out] error The error.
 * @returns @ref usual "The usual ones".
 */
CONU_API conu_status_t conu_run_builder_new(const conu_string_list_t *command,
                                            const conu_string_list_t *additional_opts, conu_run_builder_t **out,
                                            conu_error_t **error);

/** Appends one word to the options. An option with a value is two words, or one with "=". */
CONU_API conu_status_t conu_run_builder_add_option(conu_run_builder_t *builder, const char *option,
                                                   conu_error_t **error);

/** Appends one word to the command. */
CONU_API conu_status_t conu_run_builder_add_argument(conu_run_builder_t *builder, const char *argument,
                                                     conu_error_t **error);

/**
 * Mounts a folder or a volume.
 * @param builder The builder.
 * @param source A folder of the engine's host, or the name of a volume; "" for a new volume without a name.
 * @param target Where it appears in the container.
 * @param mode Options such as "ro" or "Z"; NULL for none.
 * @param[out] error The error.
 * @returns @ref usual "The usual ones".
 */
CONU_API conu_status_t conu_run_builder_add_volume(conu_run_builder_t *builder, const char *source, const char *target,
                                                   const char *mode, conu_error_t **error);

/** The program of conu_image_run_via_binary(), by name or path. conu_run_builder_build() names it, or "docker". */
CONU_API conu_status_t conu_run_builder_set_binary(conu_run_builder_t *builder, const char *binary,
                                                   conu_error_t **error);

/**
 * The complete command line, for an image of this name: program, "run", options, labels, image, command. The labels are
 * those of conu_image_run_via_api(), by which cleaning up finds the container. Options are not looked into: the program
 * judges them.
 */
CONU_API conu_status_t conu_run_builder_build(const conu_run_builder_t *builder, const char *image,
                                              conu_string_list_t **out, conu_error_t **error);

/**
 * The same as the JSON that conu_image_run_via_api() sends to create a container, without the labels of the library.
 * @param builder The builder.
 * @param image Name of the image.
 * @param[out] out The body of POST /containers/create, as the Docker Engine API has it.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if an option is malformed or unknown, or the file that it names cannot be read.
 */
CONU_API conu_status_t conu_run_builder_get_parameters(const conu_run_builder_t *builder, const char *image, char **out,
                                                       conu_error_t **error);

/** Frees a builder. */
CONU_API void conu_run_builder_free(conu_run_builder_t *builder);

/** @} */

/**
 * @defgroup container Container
 * Where the container is gone, calls return CONU_ERROR_NOT_FOUND. Any number of threads may use one container at once.
 * Source: Docker Engine API, "Containers".
 * @{
 */

/**
 * A container that the engine has, whoever made it. Docker Engine API, GET /containers/{id}/json.
 * @param engine The engine; NULL for the default one.
 * @param id_or_name ID, the beginning of one, or name.
 * @param cancel Ends the call.
 * @param[out] out The container, by its full ID and its name.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if there is no such container; CONU_ERROR_INVALID_ARGUMENT if no container can be
 * called so; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_from_id(conu_engine_t *engine, const char *id_or_name, conu_cancel_t *cancel,
                                              conu_container_t **out, conu_error_t **error);

/** Frees a handle; the container stays as it is. */
CONU_API void conu_container_free(conu_container_t *container);

/** The ID. */
CONU_API const char *conu_container_get_id(const conu_container_t *container);

/** The name, without a slash. A container that is renamed by this handle keeps the string of its old name alive. */
CONU_API const char *conu_container_get_name(const conu_container_t *container);

/**
 * The image that it was made from: the very one, also where the name that the container knows it by belongs to another
 * one by now. Docker Engine API, GET /containers/{id}/json and GET /images/{name}/json.
 * Returns CONU_ERROR_NOT_FOUND if the container or its image is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_image(conu_container_t *container, conu_cancel_t *cancel, conu_image_t **out,
                                                conu_error_t **error);

/**
 * What the container was made from, in the words of whoever made it: the name of an image, or its ID. Docker Engine
 * API, GET /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_image_name(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                                     conu_error_t **error);

/**
 * All that the engine tells about the container, as the JSON it sent. Docker Engine API, GET /containers/{id}/json.
 * @param container The container.
 * @param refresh true to ask anew; false takes the last answer if there is one.
 * @param cancel Ends the call.
 * @param[out] out The document.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_inspect(conu_container_t *container, bool refresh, conu_cancel_t *cancel,
                                              char **out, conu_error_t **error);

/**
 * The same facts, read for you. `refresh` and statuses: conu_container_inspect(); CONU_ERROR_PROTOCOL if the document
 * does not have the shape that the Docker Engine API gives it.
 */
CONU_API conu_status_t conu_container_get_metadata(conu_container_t *container, bool refresh, conu_cancel_t *cancel,
                                                   conu_metadata_t **out, conu_error_t **error);

/**
 * Its state now, in Docker's words on every engine: "created", "running", "paused", "restarting", "removing", "exited"
 * or "dead". Docker Engine API, GET /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_status(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                                 conu_error_t **error);

/**
 * Whether it runs now. One that is paused runs. Docker Engine API, GET /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_is_running(conu_container_t *container, conu_cancel_t *cancel, bool *out,
                                                 conu_error_t **error);

/**
 * The process ID of its first process, as the engine's host counts them; 0 where it does not run. Docker Engine API,
 * GET /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_pid(conu_container_t *container, conu_cancel_t *cancel, int *out,
                                              conu_error_t **error);

/**
 * The exit code of a container that has ended; 0 while it runs. Docker Engine API, GET /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_exit_code(conu_container_t *container, conu_cancel_t *cancel, int *exit_code,
                                                conu_error_t **error);

/**
 * Its IPv4 addresses, one for each network that gave it one; none where it does not run. Docker Engine API, GET
 * /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_IPv4s(conu_container_t *container, conu_cancel_t *cancel,
                                                conu_string_list_t **out, conu_error_t **error);

/** Its global IPv6 addresses; otherwise like conu_container_get_IPv4s(). */
CONU_API conu_status_t conu_container_get_IPv6s(conu_container_t *container, conu_cancel_t *cancel,
                                                conu_string_list_t **out, conu_error_t **error);

/**
 * The ports that it exposes or publishes, without their protocols, such as "8080". Docker Engine API, GET
 * /containers/{id}/json.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_ports(conu_container_t *container, conu_cancel_t *cancel,
                                                conu_string_list_t **out, conu_error_t **error);

/**
 * Where its ports are published, as JSON. Docker Engine API, GET /containers/{id}/json.
 * @param container The container.
 * @param port A TCP port of the container; 0 for all ports.
 * @param cancel Ends the call.
 * @param[out] out For a port a list, such as `[{"HostIp":"0.0.0.0","HostPort":"32768"}]`, which is empty where it is
 *   not published; for all ports an object of such lists, with names such as "80/tcp".
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the container is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_port_mappings(conu_container_t *container, int port, conu_cancel_t *cancel,
                                                        char **out, conu_error_t **error);

/**
 * The port of 127.0.0.1, on the engine's host, that leads to a port of the container: its IPv4 mapping, which may
 * differ from that for IPv6. In the network of the host it is the port itself. A container that has just started is
 * asked again until its ports are published. Docker Engine API, GET /containers/{id}/json.
 * @param container The container.
 * @param port A TCP port of the container.
 * @param cancel Ends the call.
 * @param[out] out The port of the host.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE if the port is not published, or not on an address that 127.0.0.1 leads to, or the
 * container does not run; CONU_ERROR_NOT_FOUND if the container is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_host_port(conu_container_t *container, int port, conu_cancel_t *cancel,
                                                    int *out, conu_error_t **error);

/**
 * Starts a container that was created or has ended. Success also if it runs already. Docker Engine API, POST
 * /containers/{id}/start.
 * Returns CONU_ERROR_CONFLICT if it is paused; CONU_ERROR_COMMAND_MISSING if it has no such program;
 * CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_start(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Asks the container to end, and kills it when the grace is over. Success also if it has ended already. Docker Engine
 * API, POST /containers/{id}/stop.
 * @param container The container.
 * @param grace_ms Rounded up to whole seconds; negative for the container's own.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_stop(conu_container_t *container, int64_t grace_ms, conu_cancel_t *cancel,
                                           conu_error_t **error);

/**
 * Stops the container as conu_container_stop() does, if it runs, and starts it again. Docker Engine API, POST
 * /containers/{id}/restart.
 * @param container The container.
 * @param grace_ms Rounded up to whole seconds; negative for the container's own.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_COMMAND_MISSING if it has no such program; CONU_ERROR_NOT_FOUND if it is gone; and @ref usual
 *   "the usual ones".
 */
CONU_API conu_status_t conu_container_restart(conu_container_t *container, int64_t grace_ms, conu_cancel_t *cancel,
                                              conu_error_t **error);

/**
 * Sends a signal. Docker Engine API, POST /containers/{id}/kill.
 * @param container The container.
 * @param signal Name or number, such as "TERM", "SIGTERM" or "15"; NULL for KILL.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_CONFLICT if it does not run; CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_kill(conu_container_t *container, const char *signal, conu_cancel_t *cancel,
                                           conu_error_t **error);

/**
 * Holds all processes of the container where they are. Docker Engine API, POST /containers/{id}/pause.
 * Returns CONU_ERROR_CONFLICT if it does not run or is paused already; CONU_ERROR_NOT_FOUND if it is gone; and
 * @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_pause(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Lets the processes of a paused container go on. Docker Engine API, POST /containers/{id}/unpause.
 * Returns CONU_ERROR_CONFLICT if it is not paused; CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_unpause(conu_container_t *container, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Gives the container another name. Docker Engine API, POST /containers/{id}/rename.
 * @param container The container; conu_container_get_name() tells the new name from then on, other handles to it do
 * not.
 * @param name The name. The one that it has already is a success.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if no container can be called so; CONU_ERROR_CONFLICT if another one is;
 *   CONU_ERROR_NOT_FOUND if the container is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_rename(conu_container_t *container, const char *name, conu_cancel_t *cancel,
                                             conu_error_t **error);

/**
 * Removes the container. A removal that is under way already counts as success. Docker Engine API, DELETE
 * /containers/{id}.
 * @param container The container.
 * @param force Also if it runs; and then one that is gone already is a success.
 * @param volumes Also its anonymous volumes.
 * @param cancel Ends the call.
 * @param[out] error The error.
 * @returns CONU_ERROR_CONFLICT if it runs, without `force`; CONU_ERROR_NOT_FOUND if it is gone, without `force`; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_delete(conu_container_t *container, bool force, bool volumes,
                                             conu_cancel_t *cancel, conu_error_t **error);

/**
 * Makes an image of the container's files and configuration. A container that runs is paused meanwhile. The image
 * carries the label `conu.image_session`, by which cleaning up finds it; those that mark the container as one of
 * libconu's are blank in it. On Podman, `TERM` and `container` join its environment. Docker Engine API, POST /commit.
 * @param container The container.
 * @param repository Name for the image; NULL for none.
 * @param tag Tag for the name; NULL for "latest".
 * @param cancel Ends the call; an image that was made then is removed again.
 * @param[out] out The image.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if the name is malformed, or is missing where there is a tag;
 * CONU_ERROR_NOT_FOUND if the container is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_commit(conu_container_t *container, const char *repository, const char *tag,
                                             conu_cancel_t *cancel, conu_image_t **out, conu_error_t **error);

/**
 * The files that differ from the image's, as a JSON array of objects with `Path` and `Kind`: 0 changed, 1 added,
 * 2 removed. Docker Engine API, GET /containers/{id}/changes.
 * Returns CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_changes(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                              conu_error_t **error);

/**
 * What the container uses of processor, memory, network and devices at this moment, as the JSON that the engine sent.
 * Docker Engine API, GET /containers/{id}/stats.
 * Returns CONU_ERROR_CONFLICT if it does not run; CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_stats(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                            conu_error_t **error);

/**
 * Its processes, as a JSON object: `Titles` of the columns, such as "PID" and "CMD", and `Processes`, a row for each.
 * Process IDs are those of the engine's host. Which columns there are depends on the engine. Docker Engine API, GET
 * /containers/{id}/top.
 * Returns CONU_ERROR_CONFLICT if it does not run, and on Podman if it is paused; CONU_ERROR_NOT_FOUND if it is gone;
 * and
 * @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_top(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                          conu_error_t **error);

/**
 * Waits until the container ends. One that has ended already answers at once. Docker Engine API, POST
 * /containers/{id}/wait.
 * @param container The container.
 * @param timeout_ms How long to wait; negative for as long as it takes.
 * @param cancel Ends the waiting, not the container.
 * @param[out] exit_code Its exit code. A code that is not 0 is a result, not a failure.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT if it still runs; CONU_ERROR_NOT_FOUND if it was removed and its exit code with it; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_wait(conu_container_t *container, int64_t timeout_ms, conu_cancel_t *cancel,
                                           int *exit_code, conu_error_t **error);

/**
 * @name Waiting until a container is ready
 * A wait watches its condition and the container at once. All of them return
 * - CONU_ERROR_STATE as soon as the container has ended, where the engine is not to start it again,
 * - CONU_ERROR_NOT_FOUND as soon as it was removed,
 * - CONU_ERROR_TIMEOUT at the deadline,
 *
 * each with an error that tells what was seen last and how the log ends, and whose conu_error_get_details_json() has
 * the whole story: `waited_for`, `status`, `exit_code`, `oom_killed`, `error`, `health` (as the engine has it),
 * `last_probe_error`, `log` (the last 50 lines), and `time_line`, a list of `ms` since the beginning and `what`. What
 * is not known is left out. Besides them @ref usual "the usual ones" come back.
 *
 * `timeout_ms` is one deadline for all conditions of a wait together; negative: none. `cancel` ends the wait, not the
 * container. Several threads may wait for one container at once.
 * @{
 */

/**
 * Waits until the service listens at a port, on an address that others reach. On a local engine that is read from the
 * container's own table of sockets (sock_diag(7), or /proc/PID/net/tcp), which needs no program in the image and is not
 * misled by the engine's port forwarding; the port need not be published. Where that table cannot be read, the port is
 * connected to as conu_container_is_port_open() does it.
 * @param container The container.
 * @param port The TCP port in the container, 1 to 65535.
 * @param timeout_ms The deadline, in milliseconds.
 * @param cancel Ends the wait.
 * @param[out] error The error.
 * @returns See above.
 */
CONU_API conu_status_t conu_container_wait_for_port(conu_container_t *container, int port, int64_t timeout_ms,
                                                    conu_cancel_t *cancel, conu_error_t **error);

/**
 * Waits until lines of the log match a pattern. The log is followed from its beginning, standard output and error
 * alike, so what was written before counts, too.
 * @param container The container.
 * @param pattern A regular expression in the syntax of RE2, which is that of Go, found anywhere in a line (of which the
 * first 16 KiB count). "(?i)" makes letters of either case match; there are no back-references and no look-around, which
 * take time out of proportion. It is UTF-8; a byte of the log that is none is matched as U+FFFD. A line counts once, when
 * its end has come.
 * @param occurrences How many lines must match, 1 or more.
 * @param timeout_ms The deadline, in milliseconds.
 * @param cancel Ends the wait.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT for what is no such pattern; and see above.
 */
CONU_API conu_status_t conu_container_wait_for_log(conu_container_t *container, const char *pattern, int occurrences,
                                                   int64_t timeout_ms, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Waits until GET of a path answers with a status.
 * @param container The container.
 * @param port The port in the container, reached as by conu_container_http_request().
 * @param path The path, such as "/health".
 * @param http_status The status to come, 100 to 599.
 * @param timeout_ms The deadline, in milliseconds.
 * @param cancel Ends the wait.
 * @param[out] error The error.
 * @returns See above.
 */
CONU_API conu_status_t conu_container_wait_for_http(conu_container_t *container, int port, const char *path,
                                                    int http_status, int64_t timeout_ms, conu_cancel_t *cancel,
                                                    conu_error_t **error);

/**
 * Waits until the container's health check has passed. One that has failed may still pass, so that alone does not end
 * the wait. Where Podman has nobody to run the checks, as it leaves them to systemd, they are run by this call.
 * @param container The container.
 * @param timeout_ms The deadline, in milliseconds.
 * @param cancel Ends the wait.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT if it has no health check; and see above.
 */
CONU_API conu_status_t conu_container_wait_for_healthy(conu_container_t *container, int64_t timeout_ms,
                                                       conu_cancel_t *cancel, conu_error_t **error);

/**
 * Waits until the container is in a state.
 * @param container The container.
 * @param status "created", "running", "paused", "restarting", "removing", "exited" or "dead".
 * @param timeout_ms The deadline, in milliseconds.
 * @param cancel Ends the wait.
 * @param[out] error The error.
 * @returns See above; a container that ends in the state that was waited for is a success.
 */
CONU_API conu_status_t conu_container_wait_for_status(conu_container_t *container, const char *status,
                                                      int64_t timeout_ms, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Waits for what conu_wait_all_of() or conu_wait_any_of() has been given.
 * @param container The container.
 * @param wait The conditions, which may be used again.
 * @param timeout_ms The deadline of all of them, in milliseconds.
 * @param cancel Ends the wait.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT for any of no conditions; and see above.
 */
CONU_API conu_status_t conu_container_wait_for(conu_container_t *container, const conu_wait_t *wait, int64_t timeout_ms,
                                               conu_cancel_t *cancel, conu_error_t **error);

/** A wait for all of what is added to it; nothing added is true at once. NULL if there is no memory. */
CONU_API conu_wait_t *conu_wait_all_of(void);

/** A wait for the first of what is added to it. NULL if there is no memory. */
CONU_API conu_wait_t *conu_wait_any_of(void);

/** Adds a port, see conu_container_wait_for_port(). A wait has at most 100 conditions, here and below. */
CONU_API conu_status_t conu_wait_add_port(conu_wait_t *wait, int port, conu_error_t **error);

/** Adds lines of the log, see conu_container_wait_for_log(). */
CONU_API conu_status_t conu_wait_add_log(conu_wait_t *wait, const char *pattern, int occurrences, conu_error_t **error);

/** Adds an answer by HTTP, see conu_container_wait_for_http(). */
CONU_API conu_status_t conu_wait_add_http(conu_wait_t *wait, int port, const char *path, int http_status,
                                          conu_error_t **error);

/** Adds the health check, see conu_container_wait_for_healthy(). */
CONU_API conu_status_t conu_wait_add_healthy(conu_wait_t *wait, conu_error_t **error);

/** Adds a state, see conu_container_wait_for_status(). */
CONU_API conu_status_t conu_wait_add_status(conu_wait_t *wait, const char *status, conu_error_t **error);

/**
 * Adds a command, which is run in the container again and again until it ends with this code.
 * @param wait The wait.
 * @param command Its words. A program that the image does not have ends the wait with CONU_ERROR_COMMAND_MISSING.
 * @param exit_code The code, 0 to 255.
 * @param[out] error The error.
 * @returns CONU_ERROR_INVALID_ARGUMENT for an empty command or another code.
 */
CONU_API conu_status_t conu_wait_add_command(conu_wait_t *wait, const conu_string_list_t *command, int exit_code,
                                             conu_error_t **error);

/** Adds a copy of another wait as one condition. */
CONU_API conu_status_t conu_wait_add(conu_wait_t *wait, const conu_wait_t *inner, conu_error_t **error);

/** Frees it. NULL is ignored. */
CONU_API void conu_wait_free(conu_wait_t *wait);

/** @} */

/**
 * Runs a command in the container, beside its own process, and waits for it. Docker Engine API, POST
 * /containers/{id}/exec and POST /exec/{id}/start.
 *
 * The command's exit code is a result, whatever it is, 126 and 127 too. At the deadline of the options, and at a
 * cancel, the process is ended by SIGKILL, as the library can: engines have no call for it. It signals the process
 * itself where the engine runs on this machine and the user may; at a deadline it else has a shell of the container do
 * it. The message says whether the process still runs.
 *
 * The output is kept in memory, 256 MiB at most: beyond that the process is ended and the call is CONU_ERROR_IO.
 *
 * @param container The container.
 * @param command The program, which is looked for in the container's PATH, and its arguments; no shell is in between.
 * @param options Its input, user, environment and so on; NULL for none.
 * @param cancel Ends the command and the call.
 * @param[out] out The result.
 * @param[out] error The error.
 * @returns CONU_ERROR_COMMAND_MISSING if the container has no such program; CONU_ERROR_COMMAND_FAILED if it cannot be
 *   started for another reason; CONU_ERROR_TIMEOUT at the deadline; CONU_ERROR_STATE if the container does not run or
 * is paused; CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_execute(conu_container_t *container, const conu_string_list_t *command,
                                              const conu_exec_options_t *options, conu_cancel_t *cancel,
                                              conu_exec_result_t **out, conu_error_t **error);

/**
 * Starts a command in the container, and gives the stream of its output, of any length. Without an input in the options
 * the stream writes to the command's own; conu_stream_close_write() ends that. conu_stream_get_exit_code() has the exit
 * code after the end.
 *
 * A command that could not be started is told by the read at the end, with the codes of conu_container_execute(); what
 * came before it are the engine's words. The deadline of the options is kept while a call on the stream runs: the
 * process is ended then, and reading gives CONU_ERROR_STATE. A freed stream leaves the process alone.
 *
 * @param container The container.
 * @param command The program and its arguments.
 * @param options Its input, user, environment and so on; NULL for none.
 * @param cancel Ends the call, not the command.
 * @param[out] out The stream.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE if the container does not run or is paused; CONU_ERROR_NOT_FOUND if it is gone; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_execute_stream(conu_container_t *container, const conu_string_list_t *command,
                                                     const conu_exec_options_t *options, conu_cancel_t *cancel,
                                                     conu_stream_t **out, conu_error_t **error);

/** Options of a command; NULL if there is no memory. */
CONU_API conu_exec_options_t *conu_exec_options_new(void);
/** The user it runs as: a name or number, with `:GROUP` behind it if need be. */
CONU_API conu_status_t conu_exec_options_set_user(conu_exec_options_t *options, const char *user, conu_error_t **error);
/** The folder of the container that it starts in. */
CONU_API conu_status_t conu_exec_options_set_workdir(conu_exec_options_t *options, const char *workdir,
                                                     conu_error_t **error);
/** One more variable of its environment. */
CONU_API conu_status_t conu_exec_options_add_env(conu_exec_options_t *options, const char *name, const char *value,
                                                 conu_error_t **error);
/** Its whole standard input, of any bytes; with no bytes (`data` may be NULL then) it finds the end at once. */
CONU_API conu_status_t conu_exec_options_set_stdin(conu_exec_options_t *options, const void *data, size_t size,
                                                   conu_error_t **error);
/** Whether it has a terminal: then all output comes by stdout, with "\r\n" at the ends of lines. */
CONU_API void conu_exec_options_set_tty(conu_exec_options_t *options, bool tty);
/** Whether it has all privileges. */
CONU_API void conu_exec_options_set_privileged(conu_exec_options_t *options, bool privileged);
/**
 * The time after which the process is ended; negative for none. A process with a deadline has a variable CONU_EXEC_ID
 * in its environment, by which it is found.
 */
CONU_API void conu_exec_options_set_timeout(conu_exec_options_t *options, int64_t timeout_ms);
/** Frees them. */
CONU_API void conu_exec_options_free(conu_exec_options_t *options);

/**
 * The container's log as a stream, of any length. Docker Engine API, GET /containers/{id}/logs.
 *
 * A log that is followed ends when the container does, after its last line. An engine that goes away meanwhile is
 * CONU_ERROR_UNREACHABLE from reading. Podman 4 drops what it has not sent a quarter of a second after the end, which
 * is read from the log afterwards. Where there is no log any more, or no telling what has come of it, last lines may be
 * missing: of a container with `--rm` unless its log is a file on this machine that this user may read, and is followed
 * without since and until; of any container where tail is set. Of Docker's logs that is so for a terminal's with tail or
 * `--rm`.
 *
 * @param container The container.
 * @param options Which part of it; NULL for all so far.
 * @param cancel Ends the call.
 * @param[out] out The stream.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the container is gone; CONU_ERROR_UNSUPPORTED if its log cannot be read back; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_logs(conu_container_t *container, const conu_logs_options_t *options,
                                           conu_cancel_t *cancel, conu_stream_t **out, conu_error_t **error);

/**
 * What the container has written to its output and error streams so far, bytes as they were; free it with
 * conu_bytes_free(). A log of more than 1 GiB is CONU_ERROR_IO: read that one as a stream. Statuses:
 * conu_container_logs().
 */
CONU_API conu_status_t conu_container_logs_in_bytes(conu_container_t *container, conu_cancel_t *cancel, void **data,
                                                    size_t *size, conu_error_t **error);

/** The same as UTF-8: invalid bytes and NUL become U+FFFD. Statuses: conu_container_logs_in_bytes(). */
CONU_API conu_status_t conu_container_logs_unicode(conu_container_t *container, conu_cancel_t *cancel, char **out,
                                                   conu_error_t **error);

/** Options of a log: all there is, without following it; NULL if there is no memory. */
CONU_API conu_logs_options_t *conu_logs_options_new(void);
/** Whether to wait for what is still to come. */
CONU_API void conu_logs_options_set_follow(conu_logs_options_t *options, bool follow);
/** Whether each line begins with its time (RFC 3339; Docker has nanoseconds, Podman 4 whole seconds). */
CONU_API void conu_logs_options_set_timestamps(conu_logs_options_t *options, bool timestamps);
/** Whether stdout and stderr are wanted: both unless set. */
CONU_API void conu_logs_options_set_channels(conu_logs_options_t *options, bool with_stdout, bool with_stderr);
/** What was written from this moment on; 0 for no limit. */
CONU_API void conu_logs_options_set_since(conu_logs_options_t *options, int64_t unix_ms);
/** What was written until this moment; 0 for no limit. */
CONU_API void conu_logs_options_set_until(conu_logs_options_t *options, int64_t unix_ms);
/** Of what is there already the last lines only; negative for all. */
CONU_API void conu_logs_options_set_tail(conu_logs_options_t *options, int64_t lines);
/** Frees them. */
CONU_API void conu_logs_options_free(conu_logs_options_t *options);

/**
 * Attaches to the process of a running container: the stream gives what it writes from now on, and takes its input.
 * Docker Engine API, POST /containers/{id}/attach. conu_stream_close_write() ends the input, and not the output.
 * @param container The container. For its input it must have been run with `--interactive`.
 * @param stdio Which streams: a sum of CONU_STDIN_PIPE, CONU_STDOUT_PIPE and CONU_STDERR_PIPE.
 * @param cancel Ends the call.
 * @param[out] out The stream.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE if the container does not run or is paused, or its input is not open and asked for;
 *   CONU_ERROR_NOT_FOUND if it is gone; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_attach(conu_container_t *container, unsigned stdio, conu_cancel_t *cancel,
                                             conu_stream_t **out, conu_error_t **error);

/**
 * What the program of a container in the foreground writes, as far as conu_image_run_via_binary_in_foreground() was to
 * pipe it. There is one stream for each program, which lives beside the container: freeing one leaves the other alone.
 * A program whose output is piped and not read stops when the pipe is full, and one whose stream was freed finds its
 * output closed. The stream takes no input: conu_container_write_to_stdin().
 * @param container The container.
 * @param cancel Ends the call.
 * @param[out] out The stream.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE if the container was not run in the foreground by this handle, if no output is piped, if
 *   the stream was given out already, or in a child of the process that ran it; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_get_process_stream(conu_container_t *container, conu_cancel_t *cancel,
                                                         conu_stream_t **out, conu_error_t **error);

/**
 * Writes to the container in the foreground, through its program. Reading and writing may be two threads.
 * @param container The container.
 * @param data Bytes; may be NULL if `size` is 0.
 * @param size Their number.
 * @param timeout_ms How long to wait for room; negative for as long as it takes.
 * @param cancel Ends the waiting.
 * @param[out] written How many bytes have gone; counts also where the call fails.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT if there was no room for all of it; CONU_ERROR_STATE if the input is not open: not piped,
 *   closed, or the program has ended; if another thread writes; or as for conu_container_get_process_stream(); and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_write_to_stdin(conu_container_t *container, const void *data, size_t size,
                                                     int64_t timeout_ms, conu_cancel_t *cancel, size_t *written,
                                                     conu_error_t **error);

/** No more will be written: the container finds the end of its input. Statuses: conu_container_write_to_stdin(). */
CONU_API conu_status_t conu_container_close_stdin(conu_container_t *container, conu_cancel_t *cancel,
                                                  conu_error_t **error);

/**
 * Waits until the program of a container in the foreground ends. May be asked again, also by several threads.
 * @param container The container.
 * @param timeout_ms How long to wait; negative for as long as it takes.
 * @param cancel Ends the waiting.
 * @param[out] exit_code That of the program, which is the container's own where the container has run; 128 and the
 *   number of a signal that ended the program.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT if it still runs; CONU_ERROR_STATE if the container was not run in the foreground by this
 *   handle, or if this process reaps its children by itself; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_wait_process(conu_container_t *container, int64_t timeout_ms,
                                                   conu_cancel_t *cancel, int *exit_code, conu_error_t **error);

/** Where bytes of a stream came from. */
enum { CONU_CHANNEL_STDIN = 0, CONU_CHANNEL_STDOUT = 1, CONU_CHANNEL_STDERR = 2 };

/**
 * The next piece of a stream, of any size, as it came. CONU_ERROR_TIMEOUT and CONU_ERROR_CANCELLED do not end the
 * stream: call again. After every other failure it gives that one again.
 * @param stream The stream.
 * @param timeout_ms How long to wait; 0 for what is there, negative for as long as it takes.
 * @param cancel Ends the waiting.
 * @param[out] channel CONU_CHANNEL_STDOUT or CONU_CHANNEL_STDERR.
 * @param[out] data The bytes, borrowed until the next call that reads; NULL at the end.
 * @param[out] size Their number.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT if nothing has come; CONU_ERROR_STATE while another thread reads; CONU_ERROR_UNREACHABLE
 *   if the engine went away; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_stream_next(conu_stream_t *stream, int64_t timeout_ms, conu_cancel_t *cancel, int *channel,
                                        const void **data, size_t *size, conu_error_t **error);

/**
 * The next line of a stream, without its end ("\n" or "\r\n"). Lines are put together for each channel apart, and the
 * last one need not have an end. An empty line has a size of 0, but its `data` is not NULL. A line of more than 1 MiB
 * comes in parts of 1 MiB, each like a line. conu_stream_next() goes on behind the last line, and the other way round.
 * Parameters and statuses: conu_stream_next().
 */
CONU_API conu_status_t conu_stream_next_line(conu_stream_t *stream, int64_t timeout_ms, conu_cancel_t *cancel,
                                             int *channel, const void **data, size_t *size, conu_error_t **error);

/**
 * Writes to the process at the other end. A thread that both reads and writes must alternate, with deadlines: a peer
 * that waits to be read stops reading.
 * @param stream The stream.
 * @param data Bytes; may be NULL if `size` is 0.
 * @param size Their number.
 * @param timeout_ms How long to wait for room; negative for as long as it takes.
 * @param cancel Ends the waiting.
 * @param[out] written How many bytes have gone; counts also where the call fails.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT if there was no room for all of it; CONU_ERROR_STATE if the stream takes no input, or its
 *   input was closed before, or another thread writes; CONU_ERROR_UNREACHABLE if the other end is gone; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_stream_write(conu_stream_t *stream, const void *data, size_t size, int64_t timeout_ms,
                                         conu_cancel_t *cancel, size_t *written, conu_error_t **error);

/** No more will be written: the process finds the end of its input, and may still answer. Statuses:
 * conu_stream_write(). */
CONU_API conu_status_t conu_stream_close_write(conu_stream_t *stream, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Sets the size of the terminal at the other end, which the process is told by SIGWINCH. Returns CONU_ERROR_STATE if
 * there is no terminal; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_stream_resize(conu_stream_t *stream, int rows, int columns, conu_cancel_t *cancel,
                                          conu_error_t **error);

/**
 * The exit code of a command that was executed. Returns CONU_ERROR_STATE before the stream was read to its end, and for
 * streams that are no command's; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_stream_get_exit_code(conu_stream_t *stream, conu_cancel_t *cancel, int *exit_code,
                                                 conu_error_t **error);

/** Frees the stream, and abandons what it does: the process at the other end runs on. */
CONU_API void conu_stream_free(conu_stream_t *stream);

/**
 * Copies a file or a folder of this host into a container, running or not, as `docker cp` does it:
 * - a `dest` that is a folder is copied into; otherwise it is the new name, and the folder above it must be there;
 * - `dir/.` as `src` stands for what is in the folder; `dir/` as `dest` for a folder that must be there already if a
 *   file is copied;
 * - a file takes the place of a file that is there, folders are merged, and neither takes the place of the other;
 * - a symbolic link as `src` is copied as a link, unless there is a `/` behind it; one as `dest` is followed;
 * - owner (by number), mode and modification time in whole seconds are kept, files with several names within `src` stay
 *   one file, sockets are left out, pipes and devices are made again.
 *
 * Files go out as they are read, never whole in memory. Where the root file system is read-only, Podman copies all the
 * same into a container that does not run.
 * @param container the container
 * @param src path on this host, absolute or relative to the working folder; need not be UTF-8
 * @param dest path in the container; a relative one is taken from its root folder
 * @param cancel ends the call; what has been copied by then stays; may be NULL
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: there is no `src`, no container or no folder for `dest`, as the message says;
 *         CONU_ERROR_CONFLICT: a file is in the place of a folder, or a folder in that of a file;
 *         CONU_ERROR_INVALID_ARGUMENT: `src` has a `/` behind it and is no folder, or is a socket;
 *         CONU_ERROR_PERMISSION: `src` may not be read, or the container's root file system is read-only
 */
CONU_API conu_status_t conu_container_copy_to(conu_container_t *container, const char *src, const char *dest,
                                              conu_cancel_t *cancel, conu_error_t **error);

/**
 * Copies a file or a folder out of a container, running or not, to this host, by the rules of
 * conu_container_copy_to() with host and container exchanged. What is copied belongs to this user.
 *
 * A file gets its name when it is whole: a copy that fails leaves none by halves. Nothing is written outside of `dest`,
 * whatever the engine sends. A symbolic link as `src` without a `/` behind it is copied as a link from Docker; Podman
 * follows it.
 * @param container the container
 * @param src path in the container; a relative one is taken from its root folder
 * @param dest path on this host, absolute or relative to the working folder
 * @param cancel ends the call; what has been copied by then stays; may be NULL
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: there is no `src`, no container or no folder for `dest`, as the message says;
 *         CONU_ERROR_CONFLICT: a file is in the place of a folder, or a folder in that of a file;
 *         CONU_ERROR_INVALID_ARGUMENT: `src` has a `/` behind it and is no folder;
 *         CONU_ERROR_PERMISSION: `dest` may not be written, or this user may not make a device that is copied;
 *         CONU_ERROR_IO: the disk is full, or fails; CONU_ERROR_PROTOCOL: what came is no archive, is cut off, or leads
 *         out of `dest`
 */
CONU_API conu_status_t conu_container_copy_from(conu_container_t *container, const char *src, const char *dest,
                                                conu_cancel_t *cancel, conu_error_t **error);

/**
 * Mounts the container: its files appear in a folder of this host, read-only. Of one that runs, or is paused, on this
 * host these are the files that its processes see, volumes, `/proc` and `/dev` included, as they change; of another one
 * what it has changed above the layers of its image. As conu_image_mount() in everything else.
 * @param container The container.
 * @param mount_point An empty folder for the files, or one to be made; NULL or empty for a new one.
 * @param options NULL for the usual ones.
 * @param cancel Ends the call; what was made by then is removed.
 * @param[out] out The files.
 * @param[out] error The error.
 * @returns CONU_ERROR_NOT_FOUND if the container is gone; the others as conu_image_mount().
 */
CONU_API conu_status_t conu_container_mount(conu_container_t *container, const char *mount_point,
                                            const conu_mount_options_t *options, conu_cancel_t *cancel,
                                            conu_filesystem_t **out, conu_error_t **error);

/** @} */

/* --- reaching a service ---------------------------------------------------------------------------------------------
 */

/**
 * @defgroup reach Reaching a service
 * Connections and HTTP requests to a TCP port of a container. On an engine of this host the container's own addresses
 * are taken, if they can be reached; otherwise, and on an engine of another host, the port must be published. An engine
 * at a TCP port of localhost is one of this host if the container's process is found here. A forwarded port counts as
 * open only where a service listens behind it. Source: Docker Engine API, GET
 * /containers/{id}/json (`NetworkSettings`, `HostConfig.NetworkMode`).
 *
 * All of them return CONU_ERROR_STATE where the container does not run, or has no network, or the port would have to be
 * published and is not; and CONU_ERROR_NOT_FOUND where the container is gone.
 * @{
 */

/**
 * Whether a service accepts connections on a port. See conu_container_wait_for_port() to wait for one.
 * @param container The container.
 * @param port The port in the container, 1 to 65535.
 * @param timeout_ms How long to wait for the connection, after which the answer is no; negative for as long as the
 *   system does.
 * @param cancel Ends the call.
 * @param[out] out The answer.
 * @param[out] error The error.
 * @returns CONU_ERROR_STATE, CONU_ERROR_NOT_FOUND, see above; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_is_port_open(conu_container_t *container, int port, int64_t timeout_ms,
                                                   conu_cancel_t *cancel, bool *out, conu_error_t **error);

/**
 * Connects to a port.
 * @param container The container.
 * @param port The port in the container, 1 to 65535.
 * @param cancel Ends the call.
 * @param[out] fd A connected socket, which is yours to close. It blocks, and is closed in programs that you start.
 * @param[out] error The error.
 * @returns CONU_ERROR_UNREACHABLE if nobody listens; CONU_ERROR_STATE, CONU_ERROR_NOT_FOUND, see above; and
 *   @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_open_connection(conu_container_t *container, int port, conu_cancel_t *cancel,
                                                      int *fd, conu_error_t **error);

/**
 * Sends an HTTP/1.1 request and reads the whole answer, of at most 256 MiB. Redirects are not followed. The timeout of
 * the engine bounds connecting, the head of the answer and each silence in its body.
 * @param container The container.
 * @param method Such as "GET".
 * @param path Path and query, encoded, such as "/find?name=a%20b".
 * @param port The port in the container, 1 to 65535.
 * @param data The body; may be NULL if `size` is 0.
 * @param size Its size in bytes.
 * @param cancel Ends the call.
 * @param[out] out The answer. A status of 400 and above is an answer, not a failure.
 * @param[out] error The error.
 * @returns CONU_ERROR_UNREACHABLE if nobody listens or the connection broke; CONU_ERROR_PROTOCOL if what answers does
 *   not speak HTTP; CONU_ERROR_STATE, CONU_ERROR_NOT_FOUND, see above; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_container_http_request(conu_container_t *container, const char *method, const char *path,
                                                   int port, const void *data, size_t size, conu_cancel_t *cancel,
                                                   conu_http_response_t **out, conu_error_t **error);

/** The status of an answer, such as 200. */
CONU_API int conu_http_response_get_status(const conu_http_response_t *response);

/** The value of a header, whose name may be written in any case; NULL if there is none. Several of one name are joined
 * by commas. */
CONU_API const char *conu_http_response_get_header(const conu_http_response_t *response, const char *name);

/** All headers, as a JSON object of strings. */
CONU_API const char *conu_http_response_get_headers_json(const conu_http_response_t *response);

/** The body. `size` may be NULL; a NUL that does not count stands behind the last byte. */
CONU_API const void *conu_http_response_get_body(const conu_http_response_t *response, size_t *size);

/** Frees an answer. */
CONU_API void conu_http_response_free(conu_http_response_t *response);

/** @} */

/* --- results of commands ------------------------------------------------------------------------------------------ */

/**
 * @defgroup exec_result Results of commands
 * @brief What a command that ran has left. A result never changes.
 * @{
 */

/**
 * The exit code of the command; 128 and the signal's number where a signal ended it.
 * @param result the result
 * @return the exit code; 0 for NULL
 */
CONU_API int conu_exec_result_get_exit_code(const conu_exec_result_t *result);

/**
 * What the command wrote to its standard output, as bytes.
 * @param result the result
 * @param[out] size number of bytes; NULL: not wanted
 * @return the bytes, borrowed; not NULL where there are none; NULL for NULL
 */
CONU_API const void *conu_exec_result_get_stdout(const conu_exec_result_t *result, size_t *size);

/**
 * What the command wrote to its standard error, as bytes.
 * @param result the result
 * @param[out] size number of bytes; NULL: not wanted
 * @return the bytes, borrowed; not NULL where there are none; NULL for NULL
 */
CONU_API const void *conu_exec_result_get_stderr(const conu_exec_result_t *result, size_t *size);

/**
 * Frees a result.
 * @param result the result; NULL does nothing
 */
CONU_API void conu_exec_result_free(conu_exec_result_t *result);

/** @} */

/* --- filesystem --------------------------------------------------------------------------------------------------- */

/**
 * @defgroup filesystem Filesystem
 * @brief The files of an image or of a container on this host, without anything running.
 *
 * Any number of threads may use a filesystem; it lets one call in after the other. In a process that was forked from
 * the one that mounted it, its calls answer CONU_ERROR_STATE, and freeing it unmounts nothing.
 * @{
 */

/** Options with nothing set: the first way that works. NULL where there is no memory. */
CONU_API conu_mount_options_t *conu_mount_options_new(void);

/**
 * Asks for one way to mount, see conu_filesystem_get_method(): a mount that cannot be made in this way fails.
 * @param options the options
 * @param method "overlay", "bind", "fuse", "extract" or "merged"; NULL or empty for the first that works
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_INVALID_ARGUMENT: there is no such method
 */
CONU_API conu_status_t conu_mount_options_set_method(conu_mount_options_t *options, const char *method,
                                                     conu_error_t **error);

/**
 * How much "extract" may put on the disk before it fails: an image may have been made to fill it. Unless this is called
 * it is two million entries, and 64 GiB.
 * @param options the options
 * @param entries the most files, folders, links and others; negative for any number
 * @param bytes the most bytes of content; negative for any number
 */
CONU_API void conu_mount_options_set_limits(conu_mount_options_t *options, int64_t entries, int64_t bytes);

/**
 * Frees options.
 * @param options the options; NULL does nothing
 */
CONU_API void conu_mount_options_free(conu_mount_options_t *options);

/**
 * The folder of this host that the files are in.
 * @param filesystem the filesystem
 * @return its absolute path, borrowed; NULL for NULL
 */
CONU_API const char *conu_filesystem_get_mount_point(const conu_filesystem_t *filesystem);

/**
 * How the files came to be there. Later versions may add methods.
 *
 * On the disk an extracted tree has no devices, FIFOs, set-uid bits and extended attributes, and belongs to this user
 * unless that is root; conu_filesystem_stat() and the others tell what the image has. What Docker hides in every
 * container, such as an /etc/hosts of the image, is not in it.
 * @param filesystem the filesystem
 * @return "overlay": the kernel shows the layers of the image one above the other; "bind": the only layer there is;
 *         "fuse": fuse-overlayfs does what the kernel would not; "extract": the files have been copied out of the
 *         engine; "merged": what the processes of a running container see; borrowed; NULL for NULL
 */
CONU_API const char *conu_filesystem_get_method(const conu_filesystem_t *filesystem);

/**
 * The path on this host of a file in there, links resolved, for programs that are to read it. It lies inside the mount
 * point, wherever links in the tree point to: an absolute one begins at the root of the tree. Of what is not there yet
 * (or any more) the folder must be there; one that an image has as a device may have no file on this host.
 * @param filesystem the filesystem
 * @param path as for a process in the container, "/" being its root; a relative path begins there, too
 * @param cancel ends the call; may be NULL
 * @param[out] out the path, without links; free it with conu_string_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: neither the path nor the folder it would be in is there;
 *         CONU_ERROR_STATE: it is unmounted; CONU_ERROR_IO: links lead in a circle; CONU_ERROR_PERMISSION: this user
 * may not enter a folder on the way
 */
CONU_API conu_status_t conu_filesystem_p(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                         char **out, conu_error_t **error);

/**
 * Reads a whole file, of at most 256 MiB.
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param cancel ends the call; may be NULL
 * @param[out] data the bytes, with a NUL behind them that does not count; free them with conu_bytes_free()
 * @param[out] size their number
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: nothing is there; CONU_ERROR_CONFLICT: it is a folder, a device, a FIFO or a
 *         socket; CONU_ERROR_IO: it is too large; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_read_file(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                                 void **data, size_t *size, conu_error_t **error);

/**
 * Opens a file. What is neither a file nor, with `O_DIRECTORY`, a folder is never opened. The descriptor keeps the
 * mount in use: close it before conu_filesystem_unmount().
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param open_flags as for open(2), such as `O_RDONLY`; `O_CLOEXEC` is added. What is made with `O_CREAT` gets the mode
 *        0666 less the umask. What a mount shows is read-only; files that were extracted may be written, which changes
 *        this copy of them and nothing else.
 * @param cancel ends the call; may be NULL
 * @param[out] fd the descriptor, yours to close
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: nothing is there; CONU_ERROR_CONFLICT: it is something else than a file, or is
 *         there already and must not be; CONU_ERROR_PERMISSION: the tree is read-only, or this user may not do it;
 *         CONU_ERROR_INVALID_ARGUMENT: the system refuses the flags; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_get_file(conu_filesystem_t *filesystem, const char *path, int open_flags,
                                                conu_cancel_t *cancel, int *fd, conu_error_t **error);

/**
 * Whether there is a file of that path. Links are followed; one that leads nowhere is no file.
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param cancel ends the call; may be NULL
 * @param[out] out true: there is; false: nothing is there
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_CONFLICT: it is a folder, a device, a FIFO or a socket; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_file_is_present(conu_filesystem_t *filesystem, const char *path,
                                                       conu_cancel_t *cancel, bool *out, conu_error_t **error);

/**
 * Whether there is a folder of that path. Links are followed; one that leads nowhere is no folder.
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param cancel ends the call; may be NULL
 * @param[out] out true: there is; false: nothing is there
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_CONFLICT: it is no folder; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_directory_is_present(conu_filesystem_t *filesystem, const char *path,
                                                            conu_cancel_t *cancel, bool *out, conu_error_t **error);

/**
 * What a file is, as in the image, also where its copy on this host differs. A last link is not followed.
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param cancel ends the call; may be NULL
 * @param[out] out a JSON object; free it with conu_string_free(). Members:
 *        - `path`: without links, but for the last component: "/usr/bin/sh";
 *        - `type`: "file", "directory", "symlink", "fifo", "socket", "character_device" or "block_device";
 *        - `mode`: the twelve bits as a number; `mode_octal`: as text, "4755"; `permissions`: as `ls -l` has them,
 *          "-rwsr-xr-x";
 *        - `uid`, `gid`, `size`, `nlink`, `inode`;
 *        - `mtime`: seconds since 1970; `mtime_ns`: the nanoseconds on top;
 *        - `target`: what a link says; `target_base64`: where that is no UTF-8; `resolved`: the path that it leads to
 * in the end, absent where that is nowhere;
 *        - `major`, `minor`: of a device;
 *        - `xattrs`: an object with the extended attributes by name, each an object with the value as `base64`, and as
 *          `text` where it is UTF-8.
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: nothing is there; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_stat(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                            char **out, conu_error_t **error);

/**
 * The names of what is in a folder, hidden ones and devices included, in the order of their bytes.
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param cancel ends the call; may be NULL
 * @param[out] out the names, which need not be UTF-8; free them with conu_string_list_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: nothing is there; CONU_ERROR_CONFLICT: it is no folder; else as
 *         conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_list(conu_filesystem_t *filesystem, const char *path, conu_cancel_t *cancel,
                                            conu_string_list_t **out, conu_error_t **error);

/**
 * Copies a file or a folder with all that is in it to this host. A file that is there already is replaced, and one that
 * goes into a folder keeps its name; for a folder nothing may be there yet. A file has its name once it is whole, and a
 * call that fails or is cancelled leaves nothing behind.
 *
 * Links in a folder stay as they are; `src` itself may be one, and is followed. Modes, times, further names of a file,
 * holes and extended attributes of users (`user.*`) are kept. The copies belong to who copies, so they get no
 * set-user-ID and no set-group-ID bits. Devices, FIFOs and sockets in a folder are left out, which the log tells.
 * @param filesystem the filesystem
 * @param src as the path of conu_filesystem_p()
 * @param dest a path on this host. Folders above it are made for a folder, and must be there for a file
 * @param cancel ends the call; may be NULL
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: `src` or the folder of `dest` is not there; CONU_ERROR_CONFLICT: `src` is a
 *         device, a FIFO or a socket, or something that is not replaced is in the place of `dest`;
 *         CONU_ERROR_PERMISSION: `dest` may not be written, or something in `src` not be read by this user;
 *         CONU_ERROR_INVALID_ARGUMENT: `dest` is in the folder that is copied; CONU_ERROR_IO: the disk is full, or
 *         fails; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_copy_from(conu_filesystem_t *filesystem, const char *src, const char *dest,
                                                 conu_cancel_t *cancel, conu_error_t **error);

/**
 * The SELinux context of a file. A link is followed.
 * @param filesystem the filesystem
 * @param path as for conu_filesystem_p()
 * @param cancel ends the call; may be NULL
 * @param[out] out such as "system_u:object_r:container_file_t:s0"; free it with conu_string_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_NOT_FOUND: nothing is there, or it has none; CONU_ERROR_UNSUPPORTED: the file system
 * keeps none; else as conu_filesystem_p()
 */
CONU_API conu_status_t conu_filesystem_get_selinux_context(conu_filesystem_t *filesystem, const char *path,
                                                           conu_cancel_t *cancel, char **out, conu_error_t **error);

/**
 * Takes the files away: unmounts them, and removes what was made for them on this host. A mount point that was there
 * before stays. Once that is done, again does nothing, and all other calls answer CONU_ERROR_STATE.
 * @param filesystem the filesystem
 * @param cancel ends the call before anything is unmounted; may be NULL
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_CONFLICT: somebody uses the files, the message says who where that is known, and the
 *         filesystem goes on working; CONU_ERROR_PERMISSION: this user may not do it; CONU_ERROR_STATE: it belongs to
 *         the process that this one was forked from
 */
CONU_API conu_status_t conu_filesystem_unmount(conu_filesystem_t *filesystem, conu_cancel_t *cancel,
                                               conu_error_t **error);

/**
 * Unmounts and removes what processes of this user that have died left mounted on this host. A mount does so on its
 * way, too: the first of a process, and after that at most once a second. What belongs to a process that lives, or to
 * another user, is not touched. No engine is asked: what is left in one is removed as conu_image_mount() tells.
 * @param cancel ends the call before it begins; may be NULL
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_PERMISSION: another user has taken the name of the folder that mounts are recorded in;
 *         CONU_ERROR_IO: something could not be removed; the rest has been
 */
CONU_API conu_status_t conu_filesystem_sweep(conu_cancel_t *cancel, conu_error_t **error);

/**
 * Unmounts at best effort, and frees the handle. Where it matters that nothing is left, call conu_filesystem_unmount()
 * before.
 * @param filesystem the filesystem; NULL does nothing
 */
CONU_API void conu_filesystem_free(conu_filesystem_t *filesystem);

/** @} */

/* --- helpers ------------------------------------------------------------------------------------------------------ */

/**
 * @defgroup helpers Helpers
 * @brief What tests need beside containers.
 * @{
 */

/**
 * Asks a question of yours again and again until the answer is yes.
 * @param user What conu_probe_run() was given.
 * @returns true if so. It must not throw and must not `longjmp`.
 */
typedef bool (*conu_probe_t)(void *user);

/**
 * Runs a probe on the calling thread until it is true.
 * @param probe The probe.
 * @param user Passed on to the probe.
 * @param timeout_ms How long to go on, a run of the probe is not cut short; negative for no limit.
 * @param pause_ms The pause between two runs.
 * @param count How many times to run it at most; negative for no limit.
 * @param cancel Ends the pause.
 * @param[out] error The error.
 * @returns CONU_ERROR_TIMEOUT if it was not true in time; CONU_ERROR_STATE if it was run `count` times and was never
 *   true; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_probe_run(conu_probe_t probe, void *user, int64_t timeout_ms, int64_t pause_ms, int count,
                                      conu_cancel_t *cancel, conu_error_t **error);

/**
 * Whether a host accepts connections on a TCP port.
 * @param host A name or an address.
 * @param port The port, 1 to 65535.
 * @param timeout_ms How long to wait for the connection, after which the answer is no; negative for as long as the
 *   system does.
 * @param cancel Ends the call.
 * @param[out] out The answer.
 * @param[out] error The error.
 * @returns CONU_ERROR_UNREACHABLE if the name cannot be resolved; and @ref usual "the usual ones".
 */
CONU_API conu_status_t conu_check_port(const char *host, int port, int64_t timeout_ms, conu_cancel_t *cancel, bool *out,
                                       conu_error_t **error);

/**
 * Runs a program of this host, with nothing on its standard input, and waits for its end.
 * @param command the program, looked up in PATH, and its arguments
 * @param timeout_ms after this many milliseconds the program is killed; negative: never
 * @param cancel ends the call, and kills the program; may be NULL
 * @param[out] out what it has left; yours to free with conu_exec_result_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK also for an exit code other than 0; CONU_ERROR_COMMAND_MISSING: there is no such program;
 *         CONU_ERROR_TIMEOUT: it took longer; CONU_ERROR_IO: it wrote more than 16 MiB to one of its outputs;
 *         CONU_ERROR_STATE: the exit code is lost, as this process ignores SIGCHLD
 */
CONU_API conu_status_t conu_run_cmd(const conu_string_list_t *command, int64_t timeout_ms, conu_cancel_t *cancel,
                                    conu_exec_result_t **out, conu_error_t **error);

/**
 * Tells whether SELinux is at work on this host. No program is needed for it.
 * @param[out] out "enforcing", "permissive" or "disabled"; yours to free with conu_string_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_PERMISSION or CONU_ERROR_IO: the kernel's answer cannot be read
 */
CONU_API conu_status_t conu_get_selinux_status(char **out, conu_error_t **error);

/**
 * Makes a random string, for names that nobody else has.
 * @param size number of letters, at most 1048576
 * @param[out] out lower-case letters from a to z; yours to free with conu_string_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_INVALID_ARGUMENT: `size` is too big
 */
CONU_API conu_status_t conu_random_string(size_t size, char **out, conu_error_t **error);

/** @} */

/* --- directory ---------------------------------------------------------------------------------------------------- */

/**
 * @defgroup directory Directory
 * @brief A folder of this host as a test needs it, such as for a volume, which goes when the test does.
 *
 * One thread at a time may use a directory or the options of one.
 * @{
 */

/**
 * Makes options with nothing set: a new folder among the temporary files.
 * @return the options, yours to free with conu_directory_options_free(); NULL without memory
 */
CONU_API conu_directory_options_t *conu_directory_options_new(void);

/**
 * Says where the folder is to be. A new folder at a path of yours has the mode 0777 less the umask, unless
 * conu_directory_options_set_mode() says otherwise; without a path it is made below TMPDIR (`/tmp`), under a name of
 * its own and with mode 0700.
 * @param options the options
 * @param path absolute, or relative to the working folder
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK or a usual status
 */
CONU_API conu_status_t conu_directory_options_set_path(conu_directory_options_t *options, const char *path,
                                                       conu_error_t **error);

/**
 * Says which mode the folder is to have. The umask takes nothing away from it.
 * @param options the options; NULL does nothing
 * @param mode as for chmod, such as 01777
 */
CONU_API void conu_directory_options_set_mode(conu_directory_options_t *options, unsigned mode);

/**
 * Says who is to own the folder.
 * @param options the options
 * @param user name or number; NULL or "": as it is
 * @param group name or number; NULL or "": as it is
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK or a usual status
 */
CONU_API conu_status_t conu_directory_options_set_owner(conu_directory_options_t *options, const char *user,
                                                        const char *group, conu_error_t **error);

/**
 * Adds a rule to the access control list of the folder. They are set with the program `setfacl`.
 * @param options the options
 * @param rule as `setfacl --modify` takes it, such as "u:26:rwx"
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK or a usual status
 */
CONU_API conu_status_t conu_directory_options_add_acl_rule(conu_directory_options_t *options, const char *rule,
                                                           conu_error_t **error);

/**
 * Says which SELinux context the folder is to have.
 * @param options the options
 * @param context such as "system_u:object_r:container_file_t:s0"; "": as it is
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK or a usual status
 */
CONU_API conu_status_t conu_directory_options_set_selinux_context(conu_directory_options_t *options,
                                                                  const char *context, conu_error_t **error);

/**
 * Frees options.
 * @param options the options; NULL does nothing
 */
CONU_API void conu_directory_options_free(conu_directory_options_t *options);

/**
 * Makes a folder, with the folders above it where they are missing. A folder that exists is used: it gets what the
 * options set, keeps what is in it, and is not removed in the end. On failure, what was made is removed.
 * @param options how it is to be; NULL: a new folder among the temporary files
 * @param cancel ends the call; may be NULL
 * @param[out] out the folder; yours to free with conu_directory_free()
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK; CONU_ERROR_CONFLICT: something that is no folder has the path; CONU_ERROR_NOT_FOUND: there is no
 *         such user or group; CONU_ERROR_PERMISSION: this user may not do it; CONU_ERROR_COMMAND_MISSING: there are
 *         rules, and no program `setfacl`; CONU_ERROR_COMMAND_FAILED: it refused a rule; CONU_ERROR_UNSUPPORTED: the
 *         file system keeps no SELinux contexts; CONU_ERROR_INVALID_ARGUMENT: the mode has too many bits, or the policy
 *         of this host knows no such context
 */
CONU_API conu_status_t conu_directory_new(const conu_directory_options_t *options, conu_cancel_t *cancel,
                                          conu_directory_t **out, conu_error_t **error);

/**
 * The absolute path of the folder.
 * @param directory the folder
 * @return the path, borrowed; NULL for NULL
 */
CONU_API const char *conu_directory_get_path(const conu_directory_t *directory);

/**
 * Removes what conu_directory_new() made: the folder with all that is in it by now, read-only or not, and the folders
 * above it that it made, where nothing else is in them. A folder that existed before is left as it is. Symbolic links
 * are removed and not followed. Once that is done, and in a child of the process that made it, this does nothing.
 * @param directory the folder
 * @param cancel ends the call before anything is removed; may be NULL
 * @param[out] error receives the reason of a failure; may be NULL
 * @return CONU_OK, also where it is gone already; CONU_ERROR_CONFLICT: something is mounted in it;
 *         CONU_ERROR_PERMISSION: it contains what belongs to others; CONU_ERROR_STATE: another folder has its path
 */
CONU_API conu_status_t conu_directory_remove(conu_directory_t *directory, conu_cancel_t *cancel, conu_error_t **error);

/**
 * Removes what conu_directory_new() made, at best effort, and frees the handle.
 * @param directory the folder; NULL does nothing
 */
CONU_API void conu_directory_free(conu_directory_t *directory);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
