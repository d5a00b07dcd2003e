// Names of hosts to addresses, on libuv's thread pool.
#include "loop/resolve.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

#include "loop/loop.h"
#include "util/text.h"

namespace conu {

namespace {

struct Freed {
  void operator()(addrinfo *list) const { uv_freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, Freed>;

// The request outlives an await that was cancelled: libuv cannot stop one that has begun.
class Lookup : public Suspension {
 public:
  Lookup(const std::string &host, const std::string &service) : host_(host), service_(service) {}
  int status = 0;
  AddressList addresses;

 private:
  struct Request {
    uv_getaddrinfo_t uv;
    Lookup *lookup;
    Loop *loop;
  };

  bool begin() override {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    request_ = new Request{{}, this, &scope_->loop};
    request_->uv.data = request_;
    status = uv_getaddrinfo(scope_->loop.uv(), &request_->uv, answered, host_.c_str(), service_.c_str(), &hints);
    if (status != 0) {
      delete request_;
      return false;
    }
    scope_->loop.lookup_began();
    return true;
  }

  void stop(const Failure &reason) override {
    request_->lookup = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t *>(&request_->uv));
    resume_failed(reason);
  }

  static void answered(uv_getaddrinfo_t *uv, int status, addrinfo *list) {
    std::unique_ptr<Request> request(static_cast<Request *>(uv->data));
    AddressList addresses(list);
    request->loop->lookup_ended();
    if (request->lookup == nullptr) return;
    request->lookup->status = status;
    request->lookup->addresses = std::move(addresses);
    request->lookup->resume();
  }

  std::string host_, service_;
  Request *request_ = nullptr;
};

}  // namespace

static std::vector<Address> copied(const addrinfo *list) {
  std::vector<Address> addresses;
  for (; list != nullptr; list = list->ai_next) {
    if (list->ai_addrlen > sizeof(sockaddr_storage)) continue;
    Address address;
    memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.size = list->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

Task<std::vector<Address>> resolve(std::string host, int port) {
  std::string service = decimal(port);
  addrinfo numeric{};
  numeric.ai_socktype = SOCK_STREAM;
  numeric.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo *list = nullptr;
  if (getaddrinfo(host.c_str(), service.c_str(), &numeric, &list) == 0) co_return copied(AddressList(list).get());
  Lookup lookup(host, service);
  co_await lookup;
  std::vector<Address> addresses = copied(lookup.addresses.get());
  if (lookup.status == 0 && !addresses.empty()) co_return addresses;
  throw_failure(Code::unreachable,
                {"the host name ", host,
                 " cannot be resolved: ", lookup.status != 0 ? uv_strerror(lookup.status) : "it has no address"},
                "see that the name is right, and that this machine can look it up");
}

}  // namespace conu
