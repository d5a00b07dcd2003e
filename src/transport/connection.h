// A connection: bytes in both directions over a socket, plain or under TLS.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loop/descriptor.h"
#include "transport/endpoint.h"

namespace conu {

class TlsSession;

// A part of a file that is to be sent. Who names it keeps it open.
struct FileRange {
  int fd = -1;
  int64_t offset = 0;
  int64_t size = 0;
  std::string name;  // for messages
};

// The next bytes of it, which are taken off the range; none at its end.
std::string_view read_next(FileRange *range, std::string *buffer);

class Connection {
 public:
  Connection(Loop &loop, Fd socket, std::string peer);
  ~Connection();

  // Connects to an endpoint, with the TLS handshake where it asks for one. Failure(unreachable), Failure(permission) or
  // Failure(unauthorized) with a hint that fits the cause.
  static Task<std::shared_ptr<Connection>> open(Loop &loop, Endpoint endpoint);

  // Reads into the buffer behind what is there. False at the end of file.
  Task<bool> fill();
  // The bytes that were read and not consumed. Views into it hold until the next fill.
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(size_t size) { begin_ += size; }

  // While the other side sends small pieces fast, has fill() wait for a fraction of a millisecond, so that a read takes
  // many of them, and this side is not woken for each. What comes after a pause is read at once all the same.
  void gather(bool yes) {
    gathers_ = yes;
    is_rushed_ = false;
  }

  // `written` counts the bytes that have gone, also where it fails.
  Task<void> write(std::string_view bytes, size_t *written = nullptr);
  // Writes what goes without waiting, and gives how much that was.
  size_t try_write(std::string_view bytes);
  // Without copying it through this process, where the connection is plain and the file's system can do it.
  Task<void> write_file(FileRange range);
  // No more bytes will be written; those of the other side still come.
  Task<void> close_write();
  // Ends the reads and writes of both sides at once.
  void abort() noexcept;

  // Whether a request may be sent on it after a while of silence: the other side has neither closed it nor spoken.
  bool is_quiet();

 private:
  friend class TlsSession;
  // Without waiting: the number of bytes, 0 at the end of file, -1 where the loop is to wait for the socket first.
  ssize_t receive(char *data, size_t size);
  ssize_t transmit(std::string_view bytes);
  // The same for the next part of a file, which it takes from the range; false: not this file.
  bool transmit_file(FileRange *range, bool *must_wait);

  std::string peer_;
  Descriptor descriptor_;
  std::unique_ptr<TlsSession> tls_;
  static constexpr size_t capacity = 64 << 10;
  std::unique_ptr<char[]> buffer_{new char[capacity]};
  size_t begin_ = 0, end_ = 0;
  bool is_drained_ = false;  // the last read took all there was
  bool gathers_ = false;
  bool is_rushed_ = false;          // what is read comes faster than it could be waited for
  size_t received_ = 0, sent_ = 0;  // since the socket was last made to wait
};

}  // namespace conu
