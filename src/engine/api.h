// An engine's API on one loop: paths with their version, answers checked, the engine's errors as failures.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"
#include "transport/http.h"

namespace conu {

class Engine;

// Query parameters, encoded. An empty value is left out.
class Query {
 public:
  Query &add(Text name, Text value);
  Query &flag(Text name, bool value) { return add(name, value ? "1" : ""); }
  const std::string &text() const { return text_; }  // "" or "?a=b&c=d"

 private:
  std::string text_;
};

// The failure that an answer of 300 and above stands for. `subject` is what the request was about ("the image x:1").
Failure engine_failure(int status, std::string_view body, const std::string &request, const std::string &subject);

// The failure that an engine reports in its own words, without a status of its own: in a stream that began well.
Failure engine_failure(const std::string &message, const std::string &subject);

// Has a failure on the way, which knows of a request alone, name what the request was about.
void name_subject(Failure *failure, const std::string &subject);

class Api {
 public:
  Api(Engine &engine, HttpClient &http) : engine(engine), http(http) {}

  // A request that the engine's timeout bounds: connecting, the head of its answer, and each silence in its body.
  Request request(const char *method) const;
  // `path` begins behind the version: "/images/json". The answer may be of any status.
  Task<Exchange> send(Request request, std::string path);
  // The same; answers of 400 and above are thrown, with `subject` in the
  // message.
  Task<Exchange> open(Request request, std::string path, std::string subject);
  // The whole body of an answer.
  Task<std::string> call(const char *method, std::string path, std::string subject, Json body = {});
  Task<std::string> get(std::string path, std::string subject);

  Engine &engine;
  HttpClient &http;
};

}  // namespace conu
