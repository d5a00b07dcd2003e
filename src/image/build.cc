// Building images from a folder with a Dockerfile.
#include "image/build.h"

#include "image/build_context.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "session/labels.h"
#include "util/failure.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

static Json object_of(const std::map<std::string, std::string> &values) {
  Json object = Json::object();
  for (const auto &[name, value] : values) object.set(name, value);
  return object;
}

static std::string build_query(const BuildOptions &options) {
  Query query;
  for (const std::string &tag : options.tags) query.add("t", combine(tag, "").reference.normalized());
  auto labels = options.labels;
  for (const auto &[name, value] : image_labels()) labels[name] = value;
  query.add("version", "1").add("dockerfile", options.dockerfile);
  if (!options.args.empty()) query.add("buildargs", object_of(options.args).dump());
  query.add("labels", object_of(labels).dump()).add("target", options.target).add("platform", options.platform);
  query.flag("nocache", options.no_cache).flag("pull", options.pull);
  query.flag("rm", true).flag("forcerm", true);  // intermediate containers, also after a failure
  return query.text();
}

// Collects the image's id from the messages: Docker says it in an "aux" member, Podman as a line of nothing else.
static void notice_id(const Json &aux, const Step &step, std::string *id) {
  if (aux && aux.is_object()) *id = aux["ID"].text_or(*id);
  if (step.text.size() == 64 && is_hex(step.text)) *id = concat("sha256:", step.text);
}

// A command of the Dockerfile that fails is the user's own; engines say so in words only.
static void blame_the_command(Failure *failure) {
  bool failed = failure->message.find("returned a non-zero code") != std::string::npos ||
                failure->message.find("exit status") != std::string::npos;
  if (failure->code == Code::engine && failed) failure->code = Code::command_failed;
}

// --- what a build that fails has made --------------------------------------------------------------------------------

namespace {

// The image that the last step of a build made, by its short id. Docker tells " ---> 0123456789ab" behind each step;
// behind FROM it is the image that was there.
class LastStep {
 public:
  void notice(const Step &step) {
    std::string_view text = trimmed(step.text);
    if (text.starts_with("Step ")) is_from_ = text.find(" : FROM ") != text.npos;
    if (text.starts_with("# Executing ")) is_from_ = false;
    if (!text.starts_with("---> ") || is_from_) return;
    std::string_view id = text.substr(5);
    if (id.size() == 12 && is_hex(id)) image = id;
  }

  std::string image;

 private:
  bool is_from_ = false;
};

}  // namespace

// The image and those below it, but not what the build began with. At best effort: something may use one of them.
static Task<void> remove_steps(Api &api, std::string id, std::string base) {
  while (!id.empty()) {
    std::string subject = concat("the image ", id);
    std::string answer = co_await api.call("GET", concat("/images/", percent_encoded(id, ":"), "/json"), subject);
    Json document = Json::parse(answer, subject);
    Json names = document["RepoTags"];
    bool has_name = names.is_array() && !names.items().empty();
    if (has_name || document["Id"].text_or("") == base) co_return;
    co_await api.call("DELETE", concat("/images/", percent_encoded(id, ":"), "?noprune=1"), subject);
    id = document["Parent"].text_or("");
  }
}

static Task<void> clean_up(Api &api, const LastStep &last, const std::string &base, const bool &is_done) {
  if (is_done || base.empty() || last.image.empty()) co_return;
  try {
    co_await remove_steps(api, last.image, base);
  } catch (const Failure &failure) {
    log(LogLevel::info, concat("what a step of a build made stays: ", failure.message));
  }
}

// --- building --------------------------------------------------------------------------------------------------------

static Task<void> run_build(Api &api, Steps &steps, Request request, std::string path, std::string subject,
                            LastStep *last, std::string *id, bool *is_done) {
  try {
    Exchange exchange = co_await api.open(std::move(request), path, subject);
    co_await read_steps(exchange, steps, subject, [last, id](const Json &aux, const Step &step) {
      notice_id(aux, step, id);
      last->notice(step);
    });
  } catch (Failure &failure) {
    blame_the_command(&failure);
    name_subject(&failure, subject);
    throw;
  }
  *is_done = true;
}

Task<ImagePtr> build(Api &api, Steps &steps, std::shared_ptr<Engine> engine, BuildOptions options) {
  Request request = api.request("POST");
  request.head_timeout_ms = request.piece_timeout_ms = -1;  // a step may think for as long as it likes
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.source = options.context ? options.context : build_context(options.path, options.dockerfile);
  std::string registries = co_await registry_config(api);
  request.headers.emplace_back("X-Registry-Config", registries);
  std::string subject = concat("the build of ", options.path);
  std::string id, path = concat("/build", build_query(options));
  LastStep last;
  bool is_done = false;
  co_await with_cleanup(run_build(api, steps, std::move(request), path, subject, &last, &id, &is_done),
                        clean_up(api, last, options.base, is_done));
  if (!options.tags.empty()) co_return Image::by_name(engine, combine(options.tags.front(), ""));
  if (id.empty()) throw_failure(Code::protocol, {subject, ": the engine named no image in the end"});
  co_return Image::by_id(engine, id);
}

}  // namespace conu
