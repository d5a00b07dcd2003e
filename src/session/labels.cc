// The marks on what this process creates.
#include "session/labels.h"

#include <unistd.h>

#include <atomic>
#include <memory>

#include "util/file.h"
#include "util/fork.h"
#include "util/random.h"
#include "util/text.h"

namespace conu {

std::string random_uuid() {
  unsigned char bytes[16];
  random_bytes(bytes, sizeof bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  static const char hex[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < sizeof bytes; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex[bytes[i] >> 4];
    text += hex[bytes[i] & 15];
  }
  return text;
}

const std::string &session_id() {
  struct Session {
    unsigned generation;
    std::string id;
  };
  // Never freed: references to its id are out.
  static std::atomic<Session *> current{nullptr};
  Session *session = current.load();
  while (session == nullptr || session->generation != fork_generation()) {
    auto made = std::make_unique<Session>(Session{fork_generation(), random_uuid()});
    if (current.compare_exchange_strong(session, made.get())) session = made.release();
  }
  return session->id;
}

// When this process started, in clock ticks since the boot: field 22 of /proc/self/stat (proc(5)).
static std::string start_time() {
  std::string stat = read_file("/proc/self/stat").value_or("");
  auto after_name = stat.rfind(')');
  if (after_name == stat.npos) return "";
  auto fields = split(std::string_view(stat).substr(after_name + 2), ' ');
  return fields.size() > 19 ? std::string(fields[19]) : "";
}

Labels session_labels() {
  return {{"conu.test_artifact", "true"},
          {"conu.session", session_id()},
          {"conu.pid", std::to_string(getpid())},
          {"conu.boot", std::string(trimmed(read_file("/proc/sys/kernel/random/boot_id").value_or("")))},
          {"conu.start", start_time()}};
}

Labels image_labels() { return {{"conu.image_session", session_id()}, {"conu.session", ""}}; }

}  // namespace conu
