// What cleaning removes, where an engine lists more than it should, refuses, or has lost things already.
#include "session/cleanup.h"

#include <algorithm>
#include <map>

#include "check.h"
#include "engine/scripted_engine.h"
#include "session/labels.h"

using namespace conu;

static std::string object(const std::string &id, const std::string &label, const std::string &session) {
  return R"({"Id":")" + id + R"(","Name":")" + id + R"(","Names":["/name-of-)" + id + R"("],"Labels":{")" + label +
         R"(":")" + session + R"("}})";
}

// An engine that lists these, and answers to the DELETE of each with what is said here, 204 otherwise. The last answer
// of several is repeated.
struct Lists {
  std::string containers = "[]", images = "[]", volumes = R"({"Volumes":[]})";
  std::map<std::string, std::vector<std::string>> removals;
};

class Fixture {
 public:
  explicit Fixture(Lists lists)
      : lists_(std::move(lists)), scripted_([this](const std::string &line) { return reply(line); }) {
    engine_ = Engine::open(scripted_.url(), nullptr);
  }

  void run(Task<void> (*cleanup)(Api &)) { engine_->run(nullptr, cleanup); }

  // What was asked to be removed: the path without version and query.
  std::vector<std::string> removed() {
    std::vector<std::string> paths;
    for (const std::string &request : scripted_.requests()) {
      if (!request.starts_with("DELETE ")) continue;
      std::string path = request.substr(7, request.find_first_of(" ?", 7) - 7);
      paths.push_back(path.substr(path.find('/', 1)));
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  std::vector<std::string> requests() { return scripted_.requests(); }

 private:
  std::string reply(const std::string &line) {
    if (line.find("/_ping") != line.npos) return pong("1.41");
    if (line.starts_with("GET ") && line.find("/containers/json") != line.npos) return answer(200, lists_.containers);
    if (line.starts_with("GET ") && line.find("/images/json") != line.npos) return answer(200, lists_.images);
    if (line.starts_with("GET ")) return answer(200, lists_.volumes);
    for (auto &[part, answers] : lists_.removals) {
      if (line.find(part) == line.npos) continue;
      std::string next = answers.front();
      if (answers.size() > 1) answers.erase(answers.begin());
      return next;
    }
    return answer(204, "");
  }

  Lists lists_;
  ScriptedEngine scripted_;
  std::shared_ptr<Engine> engine_;
};

static std::string joined(const std::vector<std::string> &list) {
  std::string text;
  for (const std::string &item : list) text += (text.empty() ? "" : " ") + item;
  return text;
}

static std::string refusal(int status, const std::string &message) {
  return answer(status, R"({"message":")" + message + R"("})");
}

static std::string ours(const std::string &id) { return object(id, "conu.session", session_id()); }

TEST(what_an_engine_lists_without_our_label_is_not_touched) {
  std::string foreign = object("b", "conu.session", "other") + "," + object("c", "mine", session_id()) +
                        R"(,{"Id":"d","Labels":null},{"Id":"e"},)" + object("f", "conu.session", "");
  Lists lists;
  lists.containers = "[" + ours("a") + "," + foreign + "]";
  lists.volumes = R"({"Volumes":[)" + ours("v") + "," + foreign + "]}";
  lists.images = "[" + object("i", "conu.image_session", session_id()) + "," + ours("j") + "," + foreign + "]";
  Fixture fixture(lists);
  fixture.run(cleanup_containers);
  fixture.run(cleanup_volumes);
  fixture.run(cleanup_images);
  CHECK_EQUAL(joined(fixture.removed()), "/containers/a /images/i /volumes/v");
}

TEST(a_list_that_is_null_or_empty_is_nothing_to_clean) {
  Lists lists;
  lists.containers = lists.images = "null";
  lists.volumes = R"({"Volumes":null,"Warnings":null})";
  Fixture fixture(lists);
  fixture.run(cleanup_containers);
  fixture.run(cleanup_images);
  fixture.run(cleanup_volumes);
  CHECK_EQUAL(joined(fixture.removed()), "");
}

TEST(containers_go_by_force_and_with_volumes_and_volumes_without_force) {
  Lists lists;
  lists.containers = "[" + ours("a") + "]";
  lists.volumes = R"({"Volumes":[)" + ours("v") + "]}";
  Fixture fixture(lists);
  fixture.run(cleanup_containers);
  CHECK(fixture.requests().back().starts_with("DELETE /v1.41/containers/a?force=1&v=1 "));
  fixture.run(cleanup_volumes);
  CHECK(fixture.requests().back().starts_with("DELETE /v1.41/volumes/v "));
}

TEST(what_is_gone_or_going_counts_as_removed) {
  Lists lists;
  lists.containers = "[" + ours("a") + "," + ours("b") + "]";
  lists.volumes = R"({"Volumes":[)" + ours("v") + "]}";
  lists.images = "[" + object("i", "conu.image_session", session_id()) + "]";
  lists.removals["/containers/a"] = {refusal(404, "No such container: a")};
  lists.removals["/containers/b"] = {refusal(409, "removal of container b is already in progress")};
  lists.removals["/volumes/v"] = lists.removals["/images/i"] = {refusal(404, "gone")};
  Fixture fixture(lists);
  fixture.run(cleanup_containers);
  fixture.run(cleanup_volumes);
  fixture.run(cleanup_images);
  CHECK_EQUAL(joined(fixture.removed()), "/containers/a /containers/b /images/i /volumes/v");
}

TEST(what_fails_is_tried_again) {
  Lists lists;
  lists.containers = "[" + ours("a") + "," + ours("b") + "]";
  lists.removals["/containers/a"] = {refusal(500, "device or resource busy"), refusal(500, "device or resource busy"),
                                     answer(204, "")};
  Fixture fixture(lists);
  fixture.run(cleanup_containers);
  CHECK_EQUAL(joined(fixture.removed()), "/containers/a /containers/a /containers/a /containers/b");
}

TEST(the_first_failure_is_told_with_the_number_of_what_is_left_once_all_was_tried) {
  Lists lists;
  lists.containers = "[" + ours("a") + "," + ours("b") + "," + ours("c") + "]";
  lists.removals["/containers/a"] = lists.removals["/containers/c"] = {refusal(500, "it is stuck")};
  Fixture fixture(lists);
  CHECK_FAILS(fixture.run(cleanup_containers), Code::engine, "it is stuck; 2 containers are left");
  std::vector<std::string> removed = fixture.removed();
  CHECK_EQUAL(std::count(removed.begin(), removed.end(), "/containers/b"), 1);
  CHECK(std::count(removed.begin(), removed.end(), "/containers/a") > 1);
}

TEST(an_image_goes_under_all_its_names_once_its_children_are_gone) {
  Lists lists;
  std::string tail = R"(,"Labels":{"conu.image_session":")" + session_id() + R"("}})";
  lists.images = R"([{"Id":"sha256:parent","Created":1,"RepoTags":["x:1","y:2"],"RepoDigests":["<none>@<none>"])" +
                 tail + R"(,{"Id":"sha256:child","Created":2,"RepoTags":["<none>:<none>"],"RepoDigests":null)" + tail +
                 "]";
  Fixture fixture(lists);
  fixture.run(cleanup_images);
  std::string order;
  for (const std::string &request : fixture.requests())
    if (request.starts_with("DELETE ")) order += request.substr(21, request.find(' ', 21) - 21) + " ";
  CHECK_EQUAL(order, "sha256:child x:1 y:2 sha256:parent ");
}

TEST(an_image_that_others_use_stays_and_the_rest_goes) {
  Lists lists;
  std::string tail = R"(,"Labels":{"conu.image_session":")" + session_id() + R"("}})";
  lists.images = R"([{"Id":"one","RepoTags":["x:1"])" + tail + R"(,{"Id":"two","RepoTags":["y:1"])" + tail +
                 R"(,{"Id":"three","RepoTags":["z:1"])" + tail + "]";
  lists.containers = R"([{"Id":"user","Names":["/users"],"ImageID":"one","Labels":{"conu.session":""}},
      {"Id":"mine","Names":["/mine"],"ImageID":"one","Labels":{"conu.session":")" +
                     session_id() + R"("}},
      {"Id":"also-mine","Names":["/also"],"ImageID":"two","Labels":{"conu.session":")" +
                     session_id() + R"("}}])";
  Fixture fixture(lists);
  CHECK_FAILS(fixture.run(cleanup_images), Code::conflict, "the image x:1 stays: it is used by users, not made by");
  CHECK_EQUAL(joined(fixture.removed()), "/containers/also-mine /images/three /images/two /images/y:1 /images/z:1");
}

int main() { return check::run_all("cleanup"); }
