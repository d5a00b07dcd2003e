// What the opaque handles hold, and how they are made and read.
#pragma once

#include <conu/conu.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "capi/guard.h"
#include "container/condition.h"
#include "container/container.h"
#include "container/exec.h"
#include "container/foreground.h"
#include "container/logs.h"
#include "container/reach.h"
#include "container/stream.h"
#include "filesystem/directory.h"
#include "filesystem/filesystem.h"
#include "filesystem/mount_tree.h"
#include "image/build.h"
#include "image/image.h"
#include "image/metadata.h"
#include "loop/cancel.h"
#include "loop/process.h"

struct conu_error {
  conu_status_t code = CONU_OK;
  std::string message, operation, hint, details;
  int http_status = 0;
};

struct conu_cancel {
  explicit conu_cancel(int64_t timeout_ms) : cancel(timeout_ms) {}
  conu::Cancel cancel;
};

struct conu_string_list {
  std::vector<std::string> items;
};

struct conu_engine {
  std::shared_ptr<conu::Engine> engine;
};

struct conu_image {
  conu::ImagePtr image;
};

struct conu_image_list {
  conu::Images items;
};

struct conu_container {
  conu::ContainerPtr container;
  std::unique_ptr<conu::Foreground> program{};  // of one that runs in the foreground
};

struct conu_container_list {
  std::vector<conu::ContainerPtr> items;
};

struct conu_pull_options {
  std::string platform;
};

struct conu_build_options {
  conu::BuildOptions options;
};

struct conu_run_builder {
  conu::RunBuilder builder;
};

struct conu_exec_result {
  conu::ProgramResult result;
};

struct conu_http_response {
  explicit conu_http_response(conu::HttpAnswer answer);
  conu::HttpAnswer answer;
  std::vector<std::pair<std::string, std::string>> headers;  // those of one name joined
  std::string headers_json;
};

struct conu_directory_options {
  conu::DirectoryOptions options;
};

struct conu_directory {
  std::unique_ptr<conu::Directory> directory;
};

struct conu_mount_options {
  conu::MountOptions options;
};

struct conu_filesystem {
  std::unique_ptr<conu::Filesystem> filesystem;
};

struct conu_exec_options {
  conu::ExecRequest request;  // all but the command
};

struct conu_logs_options {
  conu::LogOptions options;
};

struct conu_stream {
  std::unique_ptr<conu::Stream> stream;
};

struct conu_wait {
  conu::Condition condition;
};

struct conu_metadata {
  explicit conu_metadata(conu::Metadata metadata);
  conu::Metadata facts;
  std::string labels_json, env_json;
  conu_string_list command, image_names, repo_digests, exposed_ports, ipv4_addresses, ipv6_addresses;
};

struct conu_progress {
  // What the work has made when it is done: an image, or the images of an archive.
  struct Made {
    conu::ImagePtr image;
    std::optional<conu::Images> images;
  };
  std::mutex mutex;  // of the step: calls that wait run side by side on the progress's own loop
  std::unique_ptr<conu::Progress> progress;
  std::shared_ptr<Made> made = std::make_shared<Made>();
  conu::Step step;
};

namespace conu {

inline Cancel *of(conu_cancel_t *cancel) { return cancel != nullptr ? &cancel->cancel : nullptr; }

inline Container &need_container(conu_container_t *container) { return *need(container, "container").container; }
inline Image &need_image(conu_image_t *image) { return *need(image, "image").image; }

// Runs a call about an image or a container on its engine.
template <class Object, class Start>
auto run(const Object &object, conu_cancel_t *cancel, Start start) {
  return object.engine()->run(of(cancel), start);
}

// Runs a coroutine that needs no engine: `run_alone(cancel, run_program(command, "", timeout_ms))`.
template <class T>
T run_alone(conu_cancel_t *cancel, Task<T> task) {
  Loop loop;
  return loop.run(std::move(task), of(cancel));
}

// Which streams are piped: a sum of CONU_STDIN_PIPE, CONU_STDOUT_PIPE and CONU_STDERR_PIPE, `least` or more.
void check_stdio(unsigned stdio, unsigned least);

// The engine of a handle; NULL stands for the default one, which is looked for if need be.
std::shared_ptr<Engine> engine_of(const conu_engine_t *handle, conu_cancel_t *cancel);

// A progress whose work has begun: an early failure shows here.
conu_progress_t *begun(std::shared_ptr<Engine> engine, conu_cancel_t *cancel, std::unique_ptr<conu_progress> progress,
                       Progress::Work work);

}  // namespace conu
