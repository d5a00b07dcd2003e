// What a file of a tree is.
#include "filesystem/file_status.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "util/failure.h"
#include "util/folder.h"
#include "util/path.h"
#include "util/text.h"

namespace conu {

bool is_whiteout(const struct stat &status) { return S_ISCHR(status.st_mode) && status.st_rdev == 0; }

// --- extended attributes ---------------------------------------------------------------------------------------------

// Calls one of the two functions of xattr(7) until the buffer holds all.
template <class Call>
static ssize_t read_all(std::string *value, Call call) {
  value->resize(256);
  for (;;) {
    ssize_t size = call(value->data(), value->size());
    if (size < 0 && errno == ERANGE && value->size() < (1 << 20)) {
      value->resize(value->size() * 4);
      continue;
    }
    value->resize(size < 0 ? 0 : static_cast<size_t>(size));
    return size;
  }
}

ssize_t read_attribute(int fd, const char *name, std::string *value) {
  std::string path = path_of_descriptor(fd);
  return read_all(value, [&](char *buffer, size_t size) { return getxattr(path.c_str(), name, buffer, size); });
}

// An overlay keeps its own notes in such, which nobody sees through it.
static bool is_of_an_overlay(std::string_view name) {
  for (std::string_view prefix : {"trusted.overlay.", "user.overlay.", "user.fuseoverlayfs.", "user.containers."})
    if (name.starts_with(prefix)) return true;
  return false;
}

static std::map<std::string, std::string> attributes_of(int fd) {
  std::map<std::string, std::string> attributes;
  std::string path = path_of_descriptor(fd), names;
  read_all(&names, [&](char *buffer, size_t size) { return listxattr(path.c_str(), buffer, size); });
  for (std::string_view name : split(names, '\0')) {
    if (name.empty() || is_of_an_overlay(name)) continue;
    std::string key(name), value;
    if (read_attribute(fd, key.c_str(), &value) >= 0) attributes[key] = value;
  }
  return attributes;
}

// --- status ----------------------------------------------------------------------------------------------------------

FileStatus file_status(int fd, const TreeFacts *facts, const std::string &path) {
  static const TreeFacts nothing_more;
  struct stat status {};
  if (fstat(fd, &status) != 0) throw_system_failure({"cannot look at ", path}, errno);
  FileStatus known;
  known.facts = (facts != nullptr ? *facts : nothing_more).truth(path, status);
  if (facts == nullptr) known.facts.attributes = attributes_of(fd);
  known.size = status.st_size;
  known.links = status.st_nlink;
  known.inode = status.st_ino;
  if (S_ISLNK(status.st_mode)) {
    char target[PATH_MAX];
    ssize_t size = readlinkat(fd, "", target, sizeof target);
    if (size < 0) throw_system_failure({"cannot read the link ", path}, errno);
    known.target.assign(target, static_cast<size_t>(size));
  }
  return known;
}

// --- words -----------------------------------------------------------------------------------------------------------

namespace {

struct Type {
  mode_t type;
  char letter;
  const char *name, *words;
};

}  // namespace

static const Type &type_of(unsigned mode) {
  static const Type types[] = {
      {S_IFREG, '-', "file", "a file"},
      {S_IFDIR, 'd', "directory", "a folder"},
      {S_IFLNK, 'l', "symlink", "a symbolic link"},
      {S_IFIFO, 'p', "fifo", "a FIFO"},
      {S_IFSOCK, 's', "socket", "a socket"},
      {S_IFCHR, 'c', "character_device", "a character device"},
      {S_IFBLK, 'b', "block_device", "a block device"},
  };
  static const Type unknown = {0, '?', "unknown", "of an unknown type"};
  for (const Type &type : types)
    if (type.type == (mode & S_IFMT)) return type;
  return unknown;
}

const char *type_in_words(unsigned mode) { return type_of(mode).words; }

// As ls has them: "-rwsr-xr-x".
static std::string permissions(unsigned mode) {
  std::string text(1, type_of(mode).letter);
  for (int shift : {6, 3, 0}) {
    text += mode >> shift & 4 ? 'r' : '-';
    text += mode >> shift & 2 ? 'w' : '-';
    bool is_special = mode & (shift == 6 ? S_ISUID : shift == 3 ? S_ISGID : S_ISVTX);
    bool may_run = mode >> shift & 1;
    char special = shift == 0 ? 't' : 's';
    if (is_special)
      text += may_run ? special : static_cast<char>(special - 'a' + 'A');
    else
      text += may_run ? 'x' : '-';
  }
  return text;
}

static std::string octal(unsigned mode) {
  char text[8];
  snprintf(text, sizeof text, "%04o", mode & 07777);
  return text;
}

// A member as text where it is text, and as base64 in any case that is not.
static void set_bytes(Json &object, const std::string &key, const std::string &bytes) {
  object.set(key, bytes);
  if (as_utf8(bytes) != bytes) object.set(concat(key, "_base64"), base64(bytes));
}

static Json to_json(const std::map<std::string, std::string> &attributes) {
  Json list = Json::object();
  for (const auto &[name, value] : attributes) {
    Json one = Json::object();
    // Labels and their like have a NUL at their end.
    std::string text = value.substr(0, value.size() - (value.ends_with('\0') ? 1 : 0));
    if (as_utf8(text) == text) one.set("text", text);
    list.set(name, one.set("base64", base64(value)));
  }
  return list;
}

Json to_json(const FileStatus &status) {
  const FileFacts &facts = status.facts;
  Json json = Json::object();
  json.set("type", type_of(facts.mode).name);
  json.set("mode", Json::integer(facts.mode & 07777));
  json.set("mode_octal", octal(facts.mode));
  json.set("permissions", permissions(facts.mode));
  json.set("uid", Json::integer(facts.uid));
  json.set("gid", Json::integer(facts.gid));
  json.set("size", Json::integer(status.size));
  json.set("mtime", Json::integer(facts.mtime));
  json.set("mtime_ns", Json::integer(facts.mtime_ns));
  json.set("nlink", Json::integer(static_cast<int64_t>(status.links)));
  json.set("inode", Json::integer(static_cast<int64_t>(status.inode)));
  if (S_ISLNK(facts.mode)) set_bytes(json, "target", status.target);
  if (S_ISCHR(facts.mode) || S_ISBLK(facts.mode)) {
    json.set("major", Json::integer(facts.major));
    json.set("minor", Json::integer(facts.minor));
  }
  json.set("xattrs", to_json(facts.attributes));
  return json;
}

// --- folders ---------------------------------------------------------------------------------------------------------

std::vector<std::string> files_in(int folder, const std::string &path) {
  std::vector<std::string> names;
  auto take = [&](const dirent &entry) {
    struct stat status {};
    bool may_be_whiteout = entry.d_type == DT_CHR || entry.d_type == DT_UNKNOWN;
    bool is_there = !may_be_whiteout || fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    // An overlay lists whiteouts that hide nothing, and has them not.
    if (is_there ? is_whiteout(status) : errno == ENOENT) return;
    names.emplace_back(entry.d_name);
  };
  if (!for_each_entry(folder, ".", take)) throw_system_failure({"cannot read the folder ", path}, errno);
  return names;
}

}  // namespace conu
