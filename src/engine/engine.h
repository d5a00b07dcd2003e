// An engine: where it is, what it speaks, and the loops that calls to it run on.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/api.h"
#include "engine/credentials.h"
#include "engine/discovery.h"
#include "loop/loop.h"

namespace conu {

// What a call runs on: a loop and the connections that are warm on it.
struct Worker {
  explicit Worker(const Endpoint &endpoint) : http(loop, endpoint) {}
  Loop loop;
  HttpClient http;
};

class Engine {
 public:
  // Finds an engine and agrees on a version with it. `url` empty: by the environment. Every candidate that was asked
  // stands in the discovery document, which the details of a failure carry as well.
  static std::shared_ptr<Engine> open(const std::string &url, Cancel *cancel);
  // The one that is there.
  static std::shared_ptr<Engine> open(Endpoint endpoint, Cancel *cancel);
  // The engine of the environment: found once, kept for as long as the environment names the same.
  static std::shared_ptr<Engine> standard(Cancel *cancel);

  Engine(Endpoint endpoint, std::string discovery);
  ~Engine();
  Engine(const Engine &) = delete;
  Engine &operator=(const Engine &) = delete;

  const std::string &url() const { return endpoint_.url; }
  const Endpoint &endpoint() const { return endpoint_; }
  const std::string &api_version() const { return api_version_; }
  const std::string &discovery() const { return discovery_; }
  bool is_podman() const { return is_podman_; }
  int64_t timeout_ms() const { return timeout_ms_.load(); }
  void set_timeout_ms(int64_t ms) { timeout_ms_.store(ms); }

  // Runs a coroutine of an Api on a loop of this engine, on this thread:
  // `engine.run(cancel, [&](Api &api) { return inspect(api, id); })`.
  template <class Start>
  auto run(Cancel *cancel, Start start) {
    Borrowed worker(*this);
    Api api(*this, worker->http);
    return worker->loop.run(start(api), cancel);
  }

  CredentialStore credentials;

 private:
  // A worker for the length of a call.
  class Borrowed {
   public:
    explicit Borrowed(Engine &engine) : engine_(engine), worker_(engine.borrow()) {}
    ~Borrowed() { engine_.give_back(std::move(worker_)); }
    Borrowed(const Borrowed &) = delete;
    Borrowed &operator=(const Borrowed &) = delete;
    Worker *operator->() { return worker_.get(); }

   private:
    Engine &engine_;
    std::unique_ptr<Worker> worker_;
  };

  std::unique_ptr<Worker> borrow();
  void give_back(std::unique_ptr<Worker> worker) noexcept;
  static Task<void> agree(Api &api, Engine &engine);

  Endpoint endpoint_;
  std::string discovery_;
  std::string api_version_;
  bool is_podman_ = false;
  std::atomic<int64_t> timeout_ms_{60000};

  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;  // the one that was used last, last
  std::atomic<unsigned> fork_generation_;
};

Task<void> ping(Api &api);

}  // namespace conu
