// The marks on what this process creates.
#include "session/labels.h"

#include "util/fork.h"
#include "util/process_identity.h"
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

namespace {

// What does not change while the process lives. A forked child is another session.
struct Session {
  const std::string id = random_uuid();
  const Labels labels = {{"conu.test_artifact", "true"},
                         {"conu.session", id},
                         {"conu.pid", own_identity().pid},
                         {"conu.boot", own_identity().boot},
                         {"conu.start", own_identity().start}};
};

}  // namespace

static const Session &session() { return once_in_process<Session>(); }

const std::string &session_id() { return session().id; }

const Labels &session_labels() { return session().labels; }

Labels image_labels() { return {{"conu.image_session", session_id()}, {"conu.session", ""}}; }

}  // namespace conu
