// The file of a container's log, as Podman's monitor writes it:
//   2026-11-23T10:29:25.123456789+01:00 stdout F a line
// with P in the place of F where the line goes on.
#include "container/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "util/text.h"

namespace conu {

std::optional<LogFile> LogFile::of(const std::string &container_id, const Json &document) {
  if (!document["HostConfig"]["AutoRemove"].boolean_or(false)) return std::nullopt;
  std::string path = document["LogPath"].text_or("");
  // An engine may be elsewhere, and mean another file by this name.
  if (path.find(container_id) == path.npos) return std::nullopt;
  Fd file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat facts;
  if (!file || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return LogFile(std::move(file));
}

std::optional<std::string_view> LogFile::next_line() {
  const size_t chunk = 1 << 16, longest = 1 << 20;
  for (;;) {
    size_t end = bytes_.find('\n', begin_);
    if (end != bytes_.npos) {
      std::string_view line(bytes_.data() + begin_, end - begin_);
      begin_ = end + 1;
      return line;
    }
    bytes_.erase(0, std::exchange(begin_, 0));
    size_t size = bytes_.size();
    if (size > longest) return std::nullopt;
    bytes_.resize(size + chunk);
    ssize_t count = read(file_.get(), bytes_.data() + size, chunk);
    bytes_.resize(size + (count > 0 ? static_cast<size_t>(count) : 0));
    if (count <= 0) return std::nullopt;
  }
}

std::optional<LogFile::Message> LogFile::next() {
  auto line = next_line();
  if (!line) return std::nullopt;
  size_t blank = line->find(' ');
  std::string_view time = line->substr(0, blank), rest = line->substr(blank == line->npos ? line->size() : blank + 1);
  size_t zone = time.find_first_of("+-Z", 19);
  bool is_of_stderr = rest.starts_with("stderr ");
  if (zone == time.npos || rest.size() < 9 || (!is_of_stderr && !rest.starts_with("stdout "))) return std::nullopt;
  Message message;
  message.channel = is_of_stderr ? 2 : 1;
  // The engine tells whole seconds.
  std::string_view offset = time.substr(zone);
  message.stamp = concat(time.substr(0, 19), offset == "+00:00" ? "Z" : offset, " ");
  message.text = concat(rest.substr(9), rest[7] == 'P' ? "" : "\n");
  return message;
}

}  // namespace conu
