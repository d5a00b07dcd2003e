// A connection: bytes in both directions over a socket, plain or under TLS.
#include "transport/connection.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "loop/loop.h"
#include "transport/tcp.h"
#include "transport/tls.h"
#include "util/clock.h"
#include "util/sigpipe.h"
#include "util/text.h"

namespace conu {

Connection::Connection(Loop &loop, Fd socket, std::string peer)
    : peer_(std::move(peer)), descriptor_(loop, std::move(socket)) {}

Connection::~Connection() = default;

// Whether a socket that is always ready is to wait for once all the same: deadlines and cancels come with the loop's
// turns.
static bool is_turn_due(size_t *moved) {
  const size_t most_without_a_turn = 1 << 20;
  if (*moved < most_without_a_turn) return false;
  *moved = 0;
  return true;
}

ssize_t Connection::receive(char *data, size_t size) {
  if (is_turn_due(&received_)) return -1;
  for (;;) {
    ssize_t n = recv(descriptor_.fd(), data, size, MSG_DONTWAIT);
    if (n >= 0) {
      received_ += static_cast<size_t>(n);
      return n;
    }
    if (errno == EAGAIN) return -1;
    if (errno == ECONNRESET) throw_failure(Code::unreachable, {peer_, " has broken off the connection"});
    if (errno != EINTR)
      throw_failure(Code::unreachable, system_failure(concat("cannot read from ", peer_), errno).message);
  }
}

ssize_t Connection::transmit(std::string_view bytes) {
  if (is_turn_due(&sent_)) return -1;
  for (;;) {
    ssize_t n = send(descriptor_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      sent_ += static_cast<size_t>(n);
      return n;
    }
    if (errno == EAGAIN) return -1;
    if (errno == EPIPE || errno == ECONNRESET)
      throw_failure(Code::unreachable, {peer_, " has broken off the connection"});
    if (errno != EINTR)
      throw_failure(Code::unreachable, system_failure(concat("cannot write to ", peer_), errno).message);
  }
}

// Timers of the loop count whole milliseconds, which is too long here: the thread itself sleeps.
static void nap() {
  const timespec pause{0, 400000};
  nanosleep(&pause, nullptr);
}

Task<bool> Connection::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == capacity) {
    memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == capacity) throw_failure(Code::protocol, {peer_, " sends a head that is too long"});
  // More has hardly come since: to try at once would mostly be for nothing. (TLS keeps bytes where no poll sees them.)
  bool must_wait = is_drained_ && !is_rushed_;
  if (is_drained_ && is_rushed_) nap();
  for (;;) {
    if (must_wait) {
      const int64_t short_ns = 100000;
      int64_t before = gathers_ ? monotonic_ns() : 0;
      co_await descriptor_.readable();
      is_rushed_ = gathers_ && monotonic_ns() - before < short_ns;
    }
    char *room = buffer_.get() + end_;
    size_t size = capacity - end_;
    ssize_t n = tls_ ? tls_->receive(*this, room, size) : receive(room, size);
    if (n >= 0) {
      is_drained_ = !tls_ && n > 0 && static_cast<size_t>(n) < size;
      end_ += static_cast<size_t>(n);
      co_return n > 0;
    }
    must_wait = true;
  }
}

size_t Connection::try_write(std::string_view bytes) {
  ssize_t n = tls_ ? tls_->transmit(*this, bytes) : transmit(bytes);
  return n < 0 ? 0 : static_cast<size_t>(n);
}

Task<void> Connection::write(std::string_view bytes, size_t *written) {
  for (;;) {
    size_t gone = try_write(bytes);
    bytes.remove_prefix(gone);
    if (written != nullptr) *written += gone;
    bool all_out = bytes.empty() && (!tls_ || tls_->flush(*this));
    if (all_out) co_return;
    co_await descriptor_.writable();
  }
}

static Failure became_shorter(const FileRange &range) {
  return Failure(Code::io, concat(range.name, " became shorter while it was sent"));
}

// While it lives, sendfile waits for room in the socket by itself, for milliseconds: to wait by the loop each time
// would cost more than the sending. (All else that is sent or received says MSG_DONTWAIT.)
class WaitsInSendfile {
 public:
  explicit WaitsInSendfile(int socket) : socket_(socket), flags_(fcntl(socket, F_GETFL)) {
    const timeval most{0, 2000};
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    fcntl(socket, F_SETFL, flags_ & ~O_NONBLOCK);
  }
  ~WaitsInSendfile() { fcntl(socket_, F_SETFL, flags_); }
  WaitsInSendfile(const WaitsInSendfile &) = delete;
  WaitsInSendfile &operator=(const WaitsInSendfile &) = delete;

 private:
  int socket_, flags_;
};

bool Connection::transmit_file(FileRange *range, bool *must_wait) {
  const int64_t most = 128 << 10;  // few waits in one call
  const int64_t most_ns = 10000000;
  int64_t before = monotonic_ns();
  WaitsInSendfile waits_in_sendfile(descriptor_.fd());
  NoSigpipe no_sigpipe;  // sendfile knows no MSG_NOSIGNAL
  *must_wait = true;
  while (range->size > 0 && !is_turn_due(&sent_) && monotonic_ns() - before < most_ns) {
    off_t offset = range->offset;
    ssize_t n = sendfile(descriptor_.fd(), range->fd, &offset, static_cast<size_t>(std::min(range->size, most)));
    if (n == 0) throw became_shorter(*range);
    if (n > 0) {
      range->offset += n;
      range->size -= n;
      sent_ += static_cast<size_t>(n);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return true;
    if (errno == EINVAL || errno == ENOSYS) return false;
    if (errno == EPIPE || errno == ECONNRESET)
      throw_failure(Code::unreachable, {peer_, " has broken off the connection"});
    throw_system_failure({"cannot send ", range->name, " to ", peer_}, errno);
  }
  *must_wait = range->size > 0;
  return true;
}

std::string_view read_next(FileRange *range, std::string *buffer) {
  if (range->size == 0) return {};
  buffer->resize(static_cast<size_t>(std::min<int64_t>(range->size, 64 << 10)));
  ssize_t n;
  do n = pread(range->fd, buffer->data(), buffer->size(), range->offset);
  while (n < 0 && errno == EINTR);
  if (n < 0) throw_system_failure({"cannot read ", range->name}, errno);
  if (n == 0) throw became_shorter(*range);
  range->offset += n;
  range->size -= n;
  return {buffer->data(), static_cast<size_t>(n)};
}

Task<void> Connection::write_file(FileRange range) {
  bool must_wait = false;
  while (!tls_ && range.size > 0 && transmit_file(&range, &must_wait)) {
    if (must_wait) co_await descriptor_.writable();
  }
  std::string buffer;
  for (;;) {
    std::string_view bytes = read_next(&range, &buffer);
    if (bytes.empty()) break;
    co_await write(bytes);
  }
}

Task<void> Connection::close_write() {
  if (tls_) {
    tls_->close_write();
    while (!tls_->flush(*this)) co_await descriptor_.writable();
  }
  shutdown(descriptor_.fd(), SHUT_WR);
}

void Connection::abort() noexcept { shutdown(descriptor_.fd(), SHUT_RDWR); }

bool Connection::is_quiet() {
  char byte;
  ssize_t n = recv(descriptor_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EINTR) && begin_ == end_;
}

// What a failed connect means, and what the user can do.
static Failure connect_failure(const Endpoint &endpoint, int error_number) {
  std::string message = system_failure(concat("cannot connect to ", endpoint.url), error_number).message;
  if (endpoint.socket_path.empty())
    return Failure(Code::unreachable, message, "see that the engine listens there and that no firewall stands between");
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return Failure(Code::unreachable, message, "there is no such socket: start the engine, or name another one");
    case EACCES:
    case EPERM:
      return Failure(Code::permission, message,
                     "this user may not open the socket: join the group that owns it (often \"docker\"), or use a "
                     "rootless engine");
    case ECONNREFUSED:
      return Failure(Code::unreachable, message, "the socket is there but nobody listens: the engine has stopped");
    default:
      return Failure(Code::unreachable, message);
  }
}

static Task<std::shared_ptr<Connection>> open_unix(Loop &loop, const Endpoint &endpoint) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.socket_path.size() >= sizeof address.sun_path)
    throw_failure(Code::invalid_argument, {"the path of the socket in ", endpoint.url, " is longer than ",
                                           decimal(sizeof address.sun_path - 1), " bytes"});
  memcpy(address.sun_path, endpoint.socket_path.data(), endpoint.socket_path.size());
  Fd socket = new_socket(AF_UNIX);
  // EAGAIN: the queue of the listener is full; there is nothing to poll for, so a short sleep it is.
  while (connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
    if (errno != EAGAIN && errno != EINTR) throw connect_failure(endpoint, errno);
    co_await sleep_for(1);
  }
  co_return std::make_shared<Connection>(loop, std::move(socket), endpoint.url);
}

Task<std::shared_ptr<Connection>> Connection::open(Loop &loop, Endpoint endpoint) {
  if (!endpoint.socket_path.empty()) {
    auto connection = co_await open_unix(loop, endpoint);
    co_return connection;
  }
  Connected tcp = co_await connect_tcp(loop, endpoint.host, endpoint.port);
  if (!tcp.socket) throw connect_failure(endpoint, tcp.error_number);
  auto connection = std::make_shared<Connection>(loop, std::move(tcp.socket), endpoint.url);
  if (endpoint.tls) {
    connection->tls_ = std::make_unique<TlsSession>(*endpoint.tls, endpoint);
    while (!connection->tls_->handshake(*connection)) {
      if (connection->tls_->flush(*connection))
        co_await connection->descriptor_.readable();
      else
        co_await connection->descriptor_.writable();
    }
  }
  co_return connection;
}

}  // namespace conu
