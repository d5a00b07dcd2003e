// A container of an engine, and what can be asked of it and done with it.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "container/run_builder.h"
#include "engine/engine.h"
#include "image/image.h"

namespace conu {

class Container {
 public:
  // `terminal`: see below; nothing where it is not known yet.
  Container(std::shared_ptr<Engine> engine, std::string id, std::string name, std::optional<bool> terminal)
      : engine_(std::move(engine)), id_(std::move(id)), terminal_(terminal), names_{std::move(name)} {}

  const std::shared_ptr<Engine> &engine() const { return engine_; }
  const std::string &id() const { return id_; }
  std::string path(Text rest) const;  // "/containers/ID/rest"
  std::string subject() const;        // for messages

  // The name it has now. Those it had before live on: references to them are out.
  const std::string &name() const;
  void set_name(const std::string &name);

  // Whether its output is a terminal's, without frames, where that is known: has_terminal() asks.
  std::optional<bool> terminal() const { return terminal_; }

  // The inspect document that was asked for last.
  std::optional<std::string> remembered() const;
  void remember(std::string document);

 private:
  const std::shared_ptr<Engine> engine_;
  const std::string id_;
  const std::optional<bool> terminal_;
  mutable std::mutex mutex_;
  std::list<std::string> names_;  // the newest last
  std::optional<std::string> document_;
};

using ContainerPtr = std::shared_ptr<Container>;

// Creates and starts. What was created and cannot be started, or was cancelled, is removed again.
Task<ContainerPtr> run_via_api(Api &api, Image &image, RunBuilder builder);
// The same without the start.
Task<ContainerPtr> create_via_api(Api &api, Image &image, RunBuilder builder);

Task<int> wait(Api &api, Container &container, int64_t timeout_ms);

}  // namespace conu
