// Who uses what is mounted: proc(5) has links to all that a process holds.
#include "filesystem/holders.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "util/failure.h"
#include "util/file.h"
#include "util/folder.h"
#include "util/text.h"

namespace conu {

static const size_t most_named = 5;

// Of a process that has ended there is nothing.
static std::vector<std::string> names_in(const std::string &folder) {
  return names_in(AT_FDCWD, folder.c_str()).value_or(std::vector<std::string>());
}

// The kernel writes blanks, tabs, ends of lines and backslashes as three octal digits.
static std::string unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); i++) {
    int code = 0;
    bool is_escaped = text[i] == '\\' && i + 3 < text.size() &&
                      std::from_chars(&text[i + 1], &text[i + 1] + 3, code, 8).ec == std::errc();
    plain += is_escaped ? static_cast<char>(code) : text[i];
    if (is_escaped) i += 3;
  }
  return plain;
}

std::set<uint64_t> mounts_below(const std::string &path) {
  std::set<uint64_t> below;
  std::string table = read_file("/proc/self/mountinfo", 64 << 20).value_or("");
  for (std::string_view line : split(table, '\n')) {
    auto fields = split(line, ' ');
    if (fields.size() < 5 || !unescaped(fields[4]).starts_with(concat(path, "/"))) continue;
    uint64_t number = 0;
    std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), number);
    below.insert(number);
  }
  return below;
}

// Asks nothing of the file itself: a file system that hangs must not hang this.
static bool is_in(const std::set<uint64_t> &mounts, const std::string &link) {
  struct statx status {};
  return statx(AT_FDCWD, link.c_str(), AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_MNT_ID, &status) == 0 &&
         (status.stx_mask & STATX_MNT_ID) != 0 && mounts.count(status.stx_mnt_id) > 0;
}

// What the process holds, as words; empty where it holds nothing.
static std::string held_by(const std::string &process, const std::set<uint64_t> &mounts) {
  std::vector<std::string> links = {concat(process, "/cwd"), concat(process, "/root"), concat(process, "/exe")};
  for (const char *folder : {"/fd", "/map_files"})
    for (const std::string &name : names_in(concat(process, folder)))
      links.push_back(concat(process, folder, "/", name));
  for (const std::string &link : links) {
    if (!is_in(mounts, link)) continue;
    char path[PATH_MAX];
    ssize_t size = readlink(link.c_str(), path, sizeof path);
    return in_quotes({path, static_cast<size_t>(size > 0 ? size : 0)});
  }
  return "";
}

std::vector<std::string> holders_of(const std::set<uint64_t> &mounts) {
  std::vector<std::string> holders;
  const std::string own = decimal(getpid());
  for (const std::string &number : names_in("/proc")) {
    if (number.find_first_not_of("0123456789") != number.npos) continue;
    std::string held = held_by(concat("/proc/", number), mounts);
    if (held.empty()) continue;
    if (holders.size() == most_named) {
      holders.emplace_back("others");
      return holders;
    }
    std::string name;
    try {
      name = trimmed(read_file(concat("/proc/", number, "/comm")).value_or(""));
    } catch (const Failure &) {
      // It has just ended.
    }
    holders.push_back(concat(number == own ? "this process" : concat("process ", number, " (", excerpt(name), ")"),
                             ", which has ", held));
  }
  return holders;
}

}  // namespace conu
