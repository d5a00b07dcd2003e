// What an engine tells about a container, and the facts in it.
#pragma once

#include "container/container.h"
#include "image/metadata.h"

namespace conu {

// The container that an id, which may be a short one, or a name stands for.
Task<ContainerPtr> container_from_id(Api &api, std::shared_ptr<Engine> engine, std::string id_or_name);
using Containers = std::vector<ContainerPtr>;
Task<Containers> list_containers(Api &api, std::shared_ptr<Engine> engine);  // those that do not run, too

// --- asking ----------------------------------------------------------------------------------------------------------

// The engine's answer about the container of this id or name.
Task<std::string> inspect_text(Api &api, std::string id_or_name, std::string subject);
Task<std::string> inspect(Api &api, Container &container, bool refresh);
Task<Json> inspect(Api &api, Container &container);       // anew
Task<bool> has_terminal(Api &api, Container &container);  // its output comes without frames
Task<ImagePtr> image_of(Api &api, Container &container);
// The port of 127.0.0.1 that leads to a TCP port of the container. An engine tells it some milliseconds after the
// start: it is asked again for a while.
Task<int> host_port(Api &api, Container &container, int port);

// --- facts of an inspect document ------------------------------------------------------------------------------------

std::string name_in(const Json &document);  // without the slash
// In Docker's words, whatever the engine's are: created, running, paused, restarting, removing, exited or dead.
std::string status_in(const Json &document);
bool is_running_in(const Json &document);  // also while it is paused or about to restart
int exit_code_in(const Json &document);    // 0 while it runs
std::vector<std::string> ipv4_addresses_in(const Json &document);
std::vector<std::string> ipv6_addresses_in(const Json &document);
std::vector<std::string> ports_in(const Json &document);  // "80", without their protocols
// For each port, "80/tcp", the list of `HostIp` and `HostPort`; an empty one where it is exposed alone.
Json port_mappings_in(const Json &document);
// Nothing where the port is to be published and is not yet; Failure(state) where it never will be.
std::optional<int> host_port_in(const Json &document, int port, const std::string &subject);
Metadata container_metadata(const Json &document);

}  // namespace conu
