// Images on their way between engine, registry and file.
#include "image/transfer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "session/labels.h"
#include "util/fd.h"
#include "util/log.h"
#include "util/text.h"

namespace conu {

// --- pull ------------------------------------------------------------------------------------------------------------

// Whether the same request may well succeed a moment later.
static bool is_passing(const Failure &failure) {
  if (failure.code != Code::engine) return false;
  std::string text = lower_case(failure.message);
  for (const char *phrase : {"unexpected eof", "connection reset by peer", "i/o timeout", "tls handshake timeout",
                             "502 bad gateway", "503 service unavailable", "504 gateway"})
    if (text.find(phrase) != text.npos) return true;
  return false;
}

static Task<void> pull_once(Api &api, Steps &steps, Image &image, const std::string &platform) {
  const Reference &reference = image.reference();
  Request request = api.request("POST");  // the whole of a pull may take any time, but not in silence
  RegistryAuth auth = co_await registry_auth(api, reference.domain);
  request.headers.emplace_back("X-Registry-Auth", auth.header);
  Query query;
  query.add("fromImage", reference.name()).add("tag", reference.digest.empty() ? reference.tag : reference.digest);
  query.add("platform", platform);
  try {
    Exchange exchange = co_await api.open(std::move(request), concat("/images/create", query.text()), image.subject());
    co_await read_steps(exchange, steps, image.subject(), nullptr);
  } catch (Failure &failure) {
    auth.explain(&failure);
    name_subject(&failure, image.subject());
    throw;
  }
}

// "linux/arm64/v8" against what the image says of itself. Engines have been seen to answer with what they had.
static void check_platform(const std::string &document, const std::string &platform, const Image &image) {
  Json json = Json::parse(document, concat("the engine's answer to GET ", image.path("/json")));
  std::vector<std::string> is{json["Os"].text_or(""), json["Architecture"].text_or(""), json["Variant"].text_or("")};
  auto wanted = split(platform, '/');
  bool fits = wanted.size() > 1 ? wanted[0] == is[0] && wanted[1] == is[1] : wanted[0] == is[0] || wanted[0] == is[1];
  if (fits) return;
  throw_failure(Code::not_found,
                {image.subject(), " was asked for as ", platform, ", but what the engine has is ", is[0], "/", is[1]},
                "the image is not made for this platform: ask for another one, or for another tag");
}

Task<void> pull(Api &api, Steps &steps, Image &image, std::string platform) {
  image.reference();
  const int64_t pauses_ms[] = {200, 800, -1};
  for (int64_t pause : pauses_ms) {
    std::optional<Failure> failure;
    try {
      co_await pull_once(api, steps, image, platform);
    } catch (const Failure &caught) {
      failure = caught;
    }
    if (!failure) break;
    if (pause < 0 || !is_passing(*failure)) throw *failure;
    log(LogLevel::warning, concat("trying again: ", failure->message));
    co_await sleep_for(pause);
  }
  image.remember(std::nullopt);
  // A stream that ended well proves little: the image has to be there.
  std::string document = co_await inspect(api, image, true);
  if (!platform.empty()) check_platform(document, platform, image);
}

Task<void> pull_by(Api &api, Steps &steps, Image &image, PullPolicy policy) {
  bool pulls = policy == PullPolicy::always;
  if (policy == PullPolicy::if_not_present) {
    bool present = co_await is_present(api, image);
    pulls = !present;
  }
  if (pulls) co_await pull(api, steps, image, "");
}

// --- push ------------------------------------------------------------------------------------------------------------

Task<ImagePtr> push(Api &api, Steps &steps, Image &image, std::string repository, std::string tag) {
  ImagePtr target;
  if (repository.empty() && tag.empty()) {
    // Without a tag, engines would push every tag that the repository has.
    if (image.reference().tag.empty())
      throw_failure(Code::invalid_argument, {image.subject(), " is named by its digest, which cannot be pushed"},
                    "name a tag to push it under");
    target = Image::by_name(image.engine(), image.name());
  } else {
    target = co_await tag_image(api, image, repository, tag);
  }
  const Reference &reference = target->reference();
  Request request = api.request("POST");
  request.piece_timeout_ms = -1;
  RegistryAuth auth = co_await registry_auth(api, reference.domain);
  request.headers.emplace_back("X-Registry-Auth", auth.header);
  Query query;
  query.add("tag", reference.tag);
  std::string path = concat("/images/", percent_encoded(reference.name(), "/:"), "/push", query.text());
  try {
    Exchange exchange = co_await api.open(std::move(request), path, target->subject());
    co_await read_steps(exchange, steps, target->subject(), nullptr);
  } catch (Failure &failure) {
    auth.explain(&failure);
    name_subject(&failure, target->subject());
    throw;
  }
  co_return target;
}

// --- save ------------------------------------------------------------------------------------------------------------

namespace {

// A file that appears under its name when it is whole, and leaves nothing behind otherwise.
class NewFile {
 public:
  explicit NewFile(const std::string &path) : path_(path), target_(target_of(path)) {
    temporary_ = concat(target_, ".", random_uuid());
    fd_.reset(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!fd_) throw_system_failure({"cannot write ", path}, errno);
  }
  ~NewFile() {
    if (fd_) unlink(temporary_.c_str());
  }
  NewFile(const NewFile &) = delete;
  NewFile &operator=(const NewFile &) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
      if (n < 0 && errno != EINTR) throw_system_failure({"cannot write ", path_}, errno);
      if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
    }
  }
  void complete() {
    if (rename(temporary_.c_str(), target_.c_str()) != 0) throw_system_failure({"cannot write ", path_}, errno);
    fd_.reset();
  }

 private:
  // What is there is replaced, through a link what that stands for: it must not be a device, a pipe or a folder.
  static std::string target_of(const std::string &path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return path;
    if (S_ISDIR(status.st_mode)) throw_system_failure({"cannot write ", path}, EISDIR);
    if (!S_ISREG(status.st_mode)) throw_failure(Code::io, {"cannot write ", path, ": it is there, and is no file"});
    std::unique_ptr<char, void (*)(void *)> real(realpath(path.c_str(), nullptr), free);
    if (!real) throw_system_failure({"cannot write ", path}, errno);
    return real.get();
  }

  std::string path_;
  std::string target_;
  std::string temporary_;
  Fd fd_;
};

}  // namespace

Task<void> save(Api &api, Image &image, std::string path) {
  NewFile file(path);
  Request request = api.request("GET");
  request.head_timeout_ms = request.piece_timeout_ms = -1;  // engines collect the whole archive before its first byte
  try {
    Exchange exchange = co_await api.open(std::move(request), image.path("/get"), image.subject());
    for (;;) {
      std::string_view piece = co_await exchange.next();
      if (piece.empty()) break;
      file.write(piece);
    }
  } catch (Failure &failure) {
    name_subject(&failure, image.subject());
    throw;
  }
  file.complete();
}

// --- load ------------------------------------------------------------------------------------------------------------

namespace {

// A file as a request's body.
class FileBody : public BodySource {
 public:
  // Regular files alone: what a pipe has may not come for a while, and the loop would wait with it.
  explicit FileBody(const std::string &path) : path_(path) {
    fd_.reset(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd_) throw_system_failure({"cannot open ", path}, errno);
    struct stat status {};
    if (fstat(fd_.get(), &status) != 0) throw_system_failure({"cannot read ", path}, errno);
    if (S_ISDIR(status.st_mode)) throw_system_failure({"cannot read ", path}, EISDIR);
    if (!S_ISREG(status.st_mode)) throw_failure(Code::io, {"cannot read ", path, ": it is no regular file"});
    size_ = status.st_size;
  }

  int64_t size() const override { return size_; }
  std::string_view next() override { return {}; }
  FileRange file() override { return {fd_.get(), 0, std::exchange(left_, false) ? size_ : 0, path_}; }

 private:
  std::string path_;
  Fd fd_;
  int64_t size_ = 0;
  bool left_ = true;  // to be sent
};

}  // namespace

// "Loaded image: a:1" (Docker, Podman), "Loaded image ID: sha256:…" (Docker), "Loaded image(s): a:1,b:2" (older
// Podman); Podman has an ID in the place of a name, too.
static void add_loaded(const std::string &text, const std::shared_ptr<Engine> &engine, Images *images) {
  for (std::string_view start : {"Loaded image: ", "Loaded image ID: ", "Loaded image(s): "}) {
    if (!text.starts_with(start)) continue;
    for (auto part : split(std::string_view(text).substr(start.size()), ',')) {
      std::string name(trimmed(part));
      bool is_id = name.starts_with("sha256:") && name.size() == 71 && is_hex(name.substr(7));
      images->push_back(is_id ? Image::by_id(engine, name) : Image::from_engine(engine, name, ""));
    }
  }
}

static Task<Images> send_archive(Api &api, Steps &steps, std::shared_ptr<Engine> engine, std::string path) {
  Request request = api.request("POST");
  request.head_timeout_ms = request.piece_timeout_ms = -1;
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.source = std::make_shared<FileBody>(path);
  std::string subject = concat("the archive ", path);
  Exchange exchange = co_await api.open(std::move(request), "/images/load?quiet=0", subject);
  Images images;
  co_await read_steps(exchange, steps, subject, [&](const Json &, const Step &step) {
    for (auto line : split(step.text, '\n')) add_loaded(std::string(line), engine, &images);
  });
  if (images.empty()) throw_failure(Code::engine, {subject, ": the engine found no image in it"});
  co_return images;
}

Task<Images> load(Api &api, Steps &steps, std::shared_ptr<Engine> engine, std::string path) {
  try {
    Images images = co_await send_archive(api, steps, engine, path);
    co_return images;
  } catch (Failure &failure) {
    // What Podman does not find then is a part that an archive of images has.
    if (failure.http_status == 500) failure.code = Code::engine;
    if (failure.message.find(path) == std::string::npos) name_subject(&failure, concat("the archive ", path));
    throw;
  }
}

}  // namespace conu
