// What checks have found, and its JSON.
#include "check/results.h"

#include <algorithm>

#include "json/json.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

bool is_of_the_call(const Failure &failure) {
  switch (failure.code) {
    case Code::unauthorized:
    case Code::unreachable:
    case Code::timeout:
    case Code::cancelled:
    case Code::protocol:
    case Code::no_memory:
    case Code::state:
    case Code::rate_limited:
    case Code::internal:
      return true;
    default:
      return false;
  }
}

void add_failure(const Failure &failure, CheckResult *result) {
  if (is_of_the_call(failure)) throw failure;
  result->errors.push_back(failure.message);
}

static Json to_json(const CheckResult &result) {
  Json json = Json::object();
  json.set("Name", result.name).set("Pass", Json::boolean(result.holds()));
  if (!result.out.empty()) json.set("Stdout", as_utf8(result.out));
  if (!result.err.empty()) json.set("Stderr", as_utf8(result.err));
  Json errors = Json::array();
  for (const std::string &error : result.errors) errors.append(Json::string(as_utf8(error)));
  if (!result.holds()) json.set("Errors", errors);
  return json.set("Duration", Json::integer(result.duration_ns));
}

std::string to_json(const CheckResults &all) {
  Json results = Json::array();
  for (const CheckResult &result : all.results) results.append(to_json(result));
  auto failed =
      std::count_if(all.results.begin(), all.results.end(), [](const CheckResult &result) { return !result.holds(); });
  auto total = static_cast<int64_t>(all.results.size());
  Json json = Json::object();
  if (!all.image.empty()) json.set("Image", all.image);
  json.set("Pass", Json::integer(total - failed)).set("Fail", Json::integer(failed));
  json.set("Total", Json::integer(total)).set("Duration", Json::integer(all.duration_ns)).set("Results", results);
  return json.dump();
}

static CheckResult read_result(const Json &json) {
  CheckResult result;
  result.name = json["Name"].required_string();
  for (const Json &error : json["Errors"].items()) result.errors.push_back(error.text_or(""));
  std::optional<bool> passes = json["Pass"].as_boolean();
  if (!passes) throw_failure(Code::invalid_argument, {json["Pass"].path(), " is missing"});
  if (*passes) result.errors.clear();
  if (!*passes && result.errors.empty()) result.errors.push_back("it failed, and nothing tells why");
  result.out = json["Stdout"].text_or("");
  result.err = json["Stderr"].text_or("");
  result.duration_ns = json["Duration"].integer_or(0);
  return result;
}

CheckResults read_results(std::string_view text) {
  try {
    Json json = Json::parse(text, "the argument results_json");
    if (!json || !json.is_object()) throw_failure(Code::invalid_argument, {json.path(), " should be an object"});
    CheckResults all;
    all.image = json["Image"].text_or("");
    all.duration_ns = json["Duration"].integer_or(0);
    for (const Json &result : json["Results"].items()) all.results.push_back(read_result(result));
    return all;
  } catch (Failure &failure) {
    if (failure.code == Code::protocol) failure.code = Code::invalid_argument;
    throw;
  }
}

}  // namespace conu
