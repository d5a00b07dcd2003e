// The file of a container's log on this machine. Once it is open it outlives the container, whose log Podman removes
// before a follower has it all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "json/json.h"
#include "util/fd.h"

namespace conu {

class LogFile {
 public:
  // Of a container that removes itself; nothing where its log is no such file, or not on this machine, or not for us.
  static std::optional<LogFile> of(const std::string &container_id, const Json &document);

  // What the engine sends of a line.
  struct Message {
    int channel = 1;
    std::string stamp;  // with the blank behind it
    std::string text;
  };
  std::optional<Message> next();  // nothing at the end

 private:
  explicit LogFile(Fd file) : file_(std::move(file)) {}
  std::optional<std::string_view> next_line();

  Fd file_;
  std::string bytes_;
  size_t begin_ = 0;  // of what has not been given
};

}  // namespace conu
