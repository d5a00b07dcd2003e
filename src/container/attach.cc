// Attaching to a container's own process.
#include "container/attach.h"

#include "container/output.h"
#include "container/state.h"
#include "util/text.h"

namespace conu {

namespace {

class AttachSource : public StreamSource {
 public:
  AttachSource(Api &api, ContainerPtr container, AttachRequest request, bool has_terminal, Exchange exchange)
      : api_(api),
        container_(std::move(container)),
        takes_input_(request.with_stdin),
        has_terminal_(has_terminal),
        output_(std::move(exchange), is_raw(exchange, has_terminal), name()) {}

  std::string name() const override { return concat("the attached ", container_->subject().substr(4)); }

  Task<std::optional<Piece>> read() override {
    auto piece = co_await output_.next();
    if (!piece) {
      has_ended_ = true;
      co_await ask_for_engine();
    }
    co_return piece;
  }

  Task<void> write(std::string_view bytes, size_t *written) override {
    need_input();
    if (has_ended_) throw_failure(Code::unreachable, "it has ended");
    co_await output_.exchange().write(bytes, written);
  }

  Task<void> close_write() override {
    need_input();
    co_await output_.exchange().close_write();
  }

  Task<void> resize(int rows, int columns) override {
    if (!has_terminal_) throw_failure(Code::state, {name(), " has no terminal to resize"});
    Query query;
    query.add("h", decimal(rows)).add("w", decimal(columns));
    co_await api_.call("POST", container_->path(concat("/resize", query.text())), container_->subject());
  }

 private:
  void need_input() const {
    if (!takes_input_) throw_failure(Code::state, {name(), " takes no input"}, "attach with CONU_STDIN_PIPE");
  }

  // The connection of an engine that was ended looks like the end of the output.
  Task<void> ask_for_engine() {
    try {
      co_await inspect(api_, *container_);
    } catch (const Failure &failure) {
      if (failure.code != Code::not_found) throw;  // it may have removed itself
    }
  }

  Api &api_;
  ContainerPtr container_;
  bool takes_input_, has_terminal_;
  bool has_ended_ = false;
  Output output_;
};

}  // namespace

static Failure cannot_be_attached_to(const Container &container, const std::string &why) {
  bool is_paused = why.find("is paused") != why.npos;
  return Failure(Code::state, concat(container.subject(), " cannot be attached to: ", why),
                 is_paused ? "unpause the container first" : "its log has what it wrote while it ran");
}

Task<std::unique_ptr<StreamSource>> open_attach_stream(Api &api, ContainerPtr container, AttachRequest request) {
  Json document = co_await inspect(api, *container);
  std::string status = status_in(document);
  if (status != "running") throw cannot_be_attached_to(*container, concat("it is ", status));
  if (request.with_stdin && !document["Config"]["OpenStdin"].boolean_or(false))
    throw_failure(Code::state, {container->subject(), " has no open standard input"},
                  "run it with the option --interactive");
  bool has_terminal = document["Config"]["Tty"].boolean_or(false);
  Query query;
  auto yes_or_no = [](bool yes) { return yes ? "1" : "0"; };  // Podman takes what is left out for a yes
  query.add("stream", "1").add("stdin", yes_or_no(request.with_stdin));
  query.add("stdout", yes_or_no(request.with_stdout)).add("stderr", yes_or_no(request.with_stderr));
  std::string path = container->path(concat("/attach", query.text()));
  std::unique_ptr<StreamSource> source;
  try {
    Exchange exchange = co_await open_upgraded(api, path, container->subject(), Json());
    source = std::make_unique<AttachSource>(api, container, request, has_terminal, std::move(exchange));
  } catch (Failure &failure) {
    if (failure.code == Code::conflict) throw cannot_be_attached_to(*container, failure.message);
    throw;
  }
  co_return source;
}

}  // namespace conu
