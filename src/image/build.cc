// Building images from a folder with a Dockerfile.
#include "image/build.h"

#include "image/build_context.h"
#include "session/labels.h"
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

Task<ImagePtr> build(Api &api, Steps &steps, std::shared_ptr<Engine> engine, BuildOptions options) {
  Request request = api.request("POST");
  request.head_timeout_ms = request.piece_timeout_ms = -1;  // a step may think for as long as it likes
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.source = options.context ? options.context : build_context(options.path, options.dockerfile);
  std::string registries = co_await registry_config(api);
  request.headers.emplace_back("X-Registry-Config", registries);
  std::string subject = concat("the build of ", options.path);
  std::string id;
  try {
    Exchange exchange = co_await api.open(std::move(request), concat("/build", build_query(options)), subject);
    co_await read_steps(exchange, steps, subject,
                        [&id](const Json &aux, const Step &step) { notice_id(aux, step, &id); });
  } catch (Failure &failure) {
    blame_the_command(&failure);
    name_subject(&failure, subject);
    throw;
  }
  if (!options.tags.empty()) co_return Image::by_name(engine, combine(options.tags.front(), ""));
  if (id.empty()) throw_failure(Code::protocol, {subject, ": the engine named no image in the end"});
  co_return Image::by_id(engine, id);
}

}  // namespace conu
