// What the tests of the options of `docker run` share: options as one line, and the body that they come to.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "check.h"
#include "container/run_builder.h"
#include "util/text.h"

using namespace conu;

static constexpr auto invalid = Code::invalid_argument;
using Words = std::vector<std::string>;

inline Words words(const std::string &line) {
  Words list;
  for (std::string_view word : split(line, ' '))
    if (!word.empty()) list.emplace_back(word);
  return list;
}

inline std::string joined(const Words &list) {
  std::string text;
  for (const std::string &word : list) text += (text.empty() ? "" : " ") + word;
  return text;
}

inline Json without(const Json &object, const Words &names) {
  Json rest = Json::object();
  for (const auto &[name, value] : object.members())
    if (std::find(names.begin(), names.end(), name) == names.end()) rest.set(name, value);
  return rest;
}

// The HostConfig of the body, without what every body has there.
inline Json host_of(const Json &body) {
  Json host = body["HostConfig"];
  return host["RestartPolicy"].dump() == R"({"Name":"no"})" ? without(host, {"RestartPolicy"}) : host;
}

// The body without what every body has: first what the options set, then the image, the command, HostConfig.
inline std::string body_of(const RunBuilder &builder) {
  Json whole = builder.request("img").body;
  Json body = without(whole, {"Image", "Cmd", "Env", "HostConfig", "AttachStdout", "AttachStderr"});
  for (const char *name : {"Image", "Cmd", "Env"}) body.set(name, whole[name]);
  if (host_of(whole).size() > 0) body.set("HostConfig", host_of(whole));
  return body.dump();
}

inline std::string body(const Words &options) { return body_of(RunBuilder({}, options)); }
inline std::string body(const std::string &options) { return body(words(options)); }

inline std::string host(const Words &options) { return host_of(RunBuilder({}, options).request("img").body).dump(); }
inline std::string host(const std::string &options) { return host(words(options)); }

// That each value is refused, in words that name the option and contain the second text.
inline void refuses(const std::string &option, const std::vector<std::pair<std::string, std::string>> &table) {
  for (const auto &[value, message] : table) {
    CHECK_FAILS(body(Words{option, value}), invalid, message);
    CHECK_FAILS(body(Words{option, value}), invalid, "option " + option + " of docker run: " + in_quotes(value));
  }
}
