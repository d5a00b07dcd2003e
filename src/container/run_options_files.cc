// Environment and labels, and the files that hold them.
#include <cstdlib>

#include "container/run_options.h"
#include "util/failure.h"
#include "util/file.h"
#include "util/text.h"

namespace conu {

// NAME=value, or NAME for this process's own value. One that is not set here is sent as NAME, which unsets the image's.
static std::string resolved(const std::string &entry) {
  const char *own = has_value(entry) ? nullptr : std::getenv(entry.c_str());
  return own != nullptr ? concat(entry, "=", own) : entry;
}

void add_environment(Draft &draft, const char *, const std::string &value) {
  if (key_and_value(value).first.empty()) throw BadValue{"has no name before the =", ""};
  for (std::string &earlier : draft.environment)
    if (key_and_value(earlier).first == key_and_value(value).first) {
      earlier = resolved(value);
      return;
    }
  draft.environment.push_back(resolved(value));
}

void add_environment_file(Draft &draft, const char *, const std::string &value) {
  draft.environment_files.push_back(value);
}

void add_label(Draft &draft, const char *, const std::string &value) {
  std::string key(trimmed(key_and_value(value).first));
  if (key.empty()) throw BadValue{"has no name before the =", ""};
  if (key.find_first_of(" \t") != std::string::npos) throw BadValue{"has a space in its name", ""};
  draft.labels.push_back(value);
}

void add_label_file(Draft &draft, const char *, const std::string &value) { draft.label_files.push_back(value); }

std::string read_option_file(const std::string &path) {
  std::optional<std::string> content;
  try {
    content = read_file(path);
  } catch (const Failure &failure) {
    throw BadValue{concat("names a file that cannot be read: ", failure.message), failure.hint};
  }
  if (!content) throw BadValue{"names a file that is not there", ""};
  return *content;
}

// The lines of a file that are neither empty nor a comment, each with a name and perhaps a value.
static std::vector<std::string> read_lines(const std::string &path) {
  std::string content = read_option_file(path);
  std::string_view text = content;
  const std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> lines;
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    number++;
    auto reject = [&](const std::string &why) {
      throw BadValue{concat("has in line ", decimal(number), " ", why, ": ", in_quotes(line)), ""};
    };
    if (as_utf8(line) != line) reject("bytes that are no UTF-8 text");
    if (line.ends_with('\r')) line.remove_suffix(1);
    size_t start = line.find_first_not_of(" \t\v\f\r");
    if (start == line.npos || line[start] == '#') continue;
    std::string entry(line.substr(start));
    if (!has_value(entry)) entry = trimmed(entry);
    std::string name = key_and_value(entry).first;
    if (name.empty()) reject("no name before the =");
    if (name.find_first_of(" \t") != std::string::npos) reject("a name with a space");
    lines.push_back(entry);
  }
  return lines;
}

static std::vector<std::string> read_all_lines(const char *option, const std::vector<std::string> &files) {
  std::vector<std::string> all;
  for (const std::string &path : files) {
    try {
      for (const std::string &line : read_lines(path)) all.push_back(line);
    } catch (const BadValue &bad) {
      reject_option(option, path, bad);
    }
  }
  return all;
}

static void set_label(Draft &draft, const std::string &entry) {
  auto [key, value] = key_and_value(entry);
  member(draft.body, "Labels", Json::object()).set(key, value);
}

// As the program has it, a name alone says nothing in a file unless it is set here.
void finish_files(Draft &draft) {
  std::vector<std::string> environment;
  for (const std::string &line : read_all_lines("--env-file", draft.environment_files))
    if (has_value(resolved(line))) environment.push_back(resolved(line));
  // The command line comes behind its files, whatever the order of the options.
  environment.insert(environment.end(), draft.environment.begin(), draft.environment.end());
  if (!environment.empty()) draft.body.set("Env", texts(environment));

  for (const std::string &line : read_all_lines("--label-file", draft.label_files))
    if (has_value(line)) set_label(draft, line);
  for (const std::string &label : draft.labels) set_label(draft, label);
}

}  // namespace conu
