// The layers of an image, from archives as Docker and Podman make them, and from those that nobody should make.
#include "check/layer_checks.h"

#include "check.h"
#include "filesystem/tar_bytes.h"

using namespace conu;

static std::string folder(const std::string &name) { return tar_header('5', name, "", 0, 0755); }

static const std::string base = folder("etc/") + tar_file("etc/secret", "x") + tar_file("etc/kept", "x") +
                                folder("opt/") + tar_file("opt/a", "x") + tar_file("./dot/file", "x") + tar_end;
static const std::string above =
    tar_file("etc/.wh.secret", "") + tar_file("etc/kept", "y") + tar_file("opt/.wh..wh..opq", "") + tar_end;

static std::string config(const std::string &history) { return tar_file("c.json", "{\"history\": [" + history + "]}"); }
static const std::string steps = R"({"created_by": "ADD base"}, {"created_by": "ENV x", "empty_layer": true},
                                    {"created_by": "RUN rm /etc/secret"})";
static std::string manifest(const std::string &layers) {
  return tar_file("manifest.json", "[{\"Config\": \"c.json\", \"Layers\": [" + layers + "]}]");
}
static const std::string image = tar_file("a/VERSION", "1.0") + tar_file("a/layer.tar", base) +
                                 tar_file("b/layer.tar", above) + config(steps) +
                                 manifest("\"a/layer.tar\", \"b/layer.tar\"") + tar_end;

static std::vector<ScannedLayer> scanned(const std::string &archive, const std::vector<std::string> &paths,
                                         size_t piece = 1000) {
  LayerScan scan(paths);
  for (size_t at = 0; at < archive.size(); at += piece) scan.take(std::string_view(archive).substr(at, piece));
  return scan.finish();
}

TEST(layers_are_told_from_the_oldest_with_their_instructions) {
  for (size_t piece : {1, 7, 512, 100000}) {
    std::vector<ScannedLayer> layers = scanned(image, {"etc/secret"}, piece);
    CHECK_EQUAL(layers.size(), 2u);
    CHECK_EQUAL(layers[0].instruction, "ADD base");
    CHECK_EQUAL(layers[1].instruction, "RUN rm /etc/secret");
    CHECK(layers[0].traces.at("etc/secret").holds && !layers[0].traces.at("etc/secret").removes);
    CHECK(layers[1].traces.at("etc/secret").removes && !layers[1].traces.at("etc/secret").holds);
  }
}

TEST(links_between_the_files_of_the_archive_are_followed) {
  std::string linked = tar_file("x.tar", base) + tar_header('2', "a/layer.tar", "../x.tar") +
                       config(R"({"created_by": "one"})") + manifest("\"a/layer.tar\"") + tar_end;
  CHECK(scanned(linked, {"etc/secret"}).at(0).traces.at("etc/secret").holds);
  std::string circle = tar_header('2', "a", "a") + config("") + manifest("\"a\"") + tar_end;
  CHECK_FAILS(scanned(circle, {"x"}), Code::protocol, "has no file a");
}

static std::string hidden(const std::string &path) {
  CheckResult result;
  check_hidden(scanned(image, {path.substr(1)}), {"x", path}, &result);
  std::string all;
  for (const std::string &error : result.errors) all += error + "\n";
  return all;
}

TEST(what_a_later_layer_hides_is_found) {
  CHECK_EQUAL(
      hidden("/etc/secret"),
      "the layer 0 of 2, \"ADD base\", has /etc/secret, and the layer 1 of 2, \"RUN rm /etc/secret\" only hides "
      "it: whoever has the image can read it\n");
  CHECK(hidden("/opt").find("has /opt\n") != std::string::npos);
  CHECK(hidden("/opt/a").find("only hides it") != std::string::npos);
  CHECK(hidden("/dot").find("has /dot/file") != std::string::npos);
  CHECK_EQUAL(hidden("/none"), "");
  CHECK_EQUAL(hidden("/etc/secre"), "");
}

static std::string brought(const std::string &path, std::optional<int64_t> index, const std::string &instruction) {
  LayerCheck check{"x", path, index, {}};
  if (!instruction.empty()) check.instruction.emplace(instruction);
  CheckResult result;
  check_layer(scanned(image, {path.substr(1)}), check, &result);
  return result.holds() ? "" : result.errors.front();
}

TEST(the_layer_that_brought_a_file_is_the_newest_that_has_it) {
  CHECK_EQUAL(brought("/etc/kept", 1, "^RUN"), "");
  CHECK_EQUAL(brought("/etc/kept", -1, ""), "");
  CHECK_EQUAL(brought("/dot/file", -2, "base"), "");
  CHECK_EQUAL(brought("/etc/kept", 0, ""),
              "the layer 0 should have brought /etc/kept, but the layer 1 of 2, \"RUN rm /etc/secret\" did");
  CHECK_EQUAL(brought("/dot/file", {}, "COPY"),
              "a layer of \"COPY\" should have brought /dot/file, but the layer 0 of 2, \"ADD base\" did");
  CHECK_EQUAL(brought("/etc/secret", 0, ""), "/etc/secret was removed by the layer 1 of 2, \"RUN rm /etc/secret\"");
  CHECK_EQUAL(brought("/opt/a", 0, ""), "/opt/a was removed by the layer 1 of 2, \"RUN rm /etc/secret\"");
  CHECK_EQUAL(brought("/none", 0, ""), "/none is in none of the layers");
}

TEST(an_archive_that_cannot_be_looked_into_is_never_one_without_secrets) {
  CHECK_FAILS(scanned(tar_end, {"x"}), Code::unsupported, "no manifest.json");
  CHECK_FAILS(scanned(image.substr(0, 3000), {"x"}), Code::protocol, "");
  std::string zipped = tar_file("a", "\x1f\x8b\x08 and so on") + config("") + manifest("\"a\"") + tar_end;
  CHECK_FAILS(scanned(zipped, {"x"}), Code::unsupported, "a is compressed");
  std::string broken = tar_file("a", std::string(600, 'z')) + config("") + manifest("\"a\"") + tar_end;
  CHECK_FAILS(scanned(broken, {"x"}), Code::protocol, "the layer a is no archive");
  CHECK_FAILS(scanned(config("") + manifest("\"a\"") + tar_end, {"x"}), Code::protocol, "has no file a");
  std::string cut = tar_file("a", base.substr(0, 700)) + config("") + manifest("\"a\"") + tar_end;
  CHECK_FAILS(scanned(cut, {"x"}), Code::protocol, "the layer a");
}

TEST(a_layer_that_begins_like_a_document_is_a_layer) {
  std::string layer = tar_file("[", std::string(40 << 20, 'x')) + tar_file("secret", "x") + tar_end;
  std::string odd = tar_file("a", layer) + config("") + manifest("\"a\"") + tar_end;
  CHECK(scanned(odd, {"secret"}, 1 << 20).at(0).traces.at("secret").holds);
}

TEST(sizes_are_compared) {
  Json document = Json::parse(R"({"Size": 300})", "x");
  Json history = Json::parse(R"([{"CreatedBy": "RUN b", "Size": 200}, {"CreatedBy": "ADD a", "Size": 100}])", "x");
  auto errors = [&](std::optional<int64_t> layer, std::optional<int64_t> all) {
    CheckResult result;
    check_sizes(document, history, {"x", layer, all}, &result);
    return result.errors;
  };
  CHECK(errors(200, 300).empty());
  CHECK_EQUAL(errors(199, 300).at(0), "the layer of \"RUN b\" has 200 bytes, and should have at most 199 bytes");
  CHECK_EQUAL(errors({}, 299).at(0), "the image has 300 bytes, and should have at most 299 bytes");
}

int main() { return check::run_all("check/layers"); }
