// Whether the packages of an image are signed with known keys.
#include "check/packages.h"

#include "check/signatures.h"
#include "container/container.h"
#include "container/logs.h"
#include "loop/group.h"
#include "session/cleanup.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

static void explain_no_rpm(Failure *failure, const Image &image) {
  failure->code = Code::unsupported;
  failure->message =
      concat(image.subject(), " has no rpm program, so its packages cannot be asked for: ", failure->message);
  failure->hint = "signatures can be checked in images of rpm-based distributions only";
}

static Task<ContainerPtr> start_rpm(Api &api, Image &image) {
  RunBuilder builder({"-qa", "--qf", rpm_query_format}, {"--entrypoint", "rpm", "--network", "none"});
  try {
    ContainerPtr container = co_await run_via_api(api, image, builder);
    co_return container;
  } catch (Failure &failure) {
    if (failure.code == Code::command_missing) explain_no_rpm(&failure, image);
    throw;
  }
}

static Task<std::string> output_of(Api &api, Container &container, bool of_stderr) {
  LogOptions options;
  options.with_stdout = !of_stderr;
  options.with_stderr = of_stderr;
  std::unique_ptr<Log> log = co_await open_log(api, container, options);
  std::string text;
  for (;;) {
    auto piece = co_await log->next();
    if (!piece) co_return text;
    text.append(piece->bytes);
    if (text.size() > (64 << 20))
      throw_failure(Code::protocol, {"rpm in ", container.subject(), " prints more than a list of packages"});
  }
}

static Task<void> ask(Api &api, Image &image, Container &container, std::string *answer) {
  int code = co_await wait(api, container, -1);
  if (code != 0) {
    std::string words = co_await output_of(api, container, true);
    Failure failure(Code::command_failed, concat("rpm in ", image.subject(), " ended with ", decimal(code),
                                                 words.empty() ? " and no word" : concat(": ", excerpt(words))));
    // What busybox calls rpm has no database.
    if (words.find("BusyBox") != std::string::npos) explain_no_rpm(&failure, image);
    throw failure;
  }
  *answer = co_await output_of(api, container, false);
}

static Task<std::string> ask_rpm(Api &api, Image &image) {
  ContainerPtr container = co_await start_rpm(api, image);
  std::string answer;
  co_await with_cleanup(ask(api, image, *container, &answer),
                        remove_container(api, container->id(), container->subject(), true, true));
  co_return answer;
}

Task<bool> has_packages_signed_with(Api &api, Image &image, std::vector<std::string> keys) {
  if (keys.empty())
    throw_failure(Code::invalid_argument, "the argument allowed_keys is empty", "name the keys to be trusted");
  for (std::string &key : keys) key = normal_key(key);
  std::string answer = co_await ask_rpm(api, image);
  std::vector<SignedPackage> packages = read_packages(answer, image.subject());
  if (packages.empty())
    throw_failure(Code::unsupported, {image.subject(), " has an rpm program, but no package is installed by it"});
  bool all = true;
  for (const SignedPackage &package : packages) {
    if (is_signed_with(package, keys)) continue;
    all = false;
    std::string key = package.keys.empty() ? "not signed" : concat("signed with ", in_quotes(package.keys.front()));
    log(LogLevel::warning, concat("the package ", package.name, " of ", image.subject(), " is ", key));
  }
  co_return all;
}

}  // namespace conu
