// Checks of the layers of an image.
#include "check/layer_checks.h"

#include "util/failure.h"
#include "util/text.h"

namespace conu {

Task<std::vector<ScannedLayer>> scan_layers(Api &api, Image &image, std::vector<std::string> paths) {
  LayerScan scan(std::move(paths));
  Request request = api.request("GET");
  request.head_timeout_ms = request.piece_timeout_ms = -1;  // engines collect the whole archive before its first byte
  try {
    Exchange exchange = co_await api.open(std::move(request), image.path("/get"), image.subject());
    for (;;) {
      std::string_view bytes = co_await exchange.next();
      if (bytes.empty()) break;
      scan.take(bytes);
    }
  } catch (Failure &failure) {
    name_subject(&failure, image.subject());
    throw;
  }
  co_return scan.finish();
}

static std::string name_of(const std::vector<ScannedLayer> &layers, size_t index) {
  const std::string &instruction = layers[index].instruction;
  return concat("the layer ", decimal(index), " of ", decimal(layers.size()),
                instruction.empty() ? "" : concat(", ", in_quotes(instruction)));
}

// --- who brought a file ----------------------------------------------------------------------------------------------

void check_layer(const std::vector<ScannedLayer> &layers, const LayerCheck &check, CheckResult *result) {
  const size_t none = layers.size();
  size_t brought = none, removed = none;
  for (size_t i = 0; i < layers.size(); i++) {
    auto found = layers[i].traces.find(check.path.substr(1));
    if (found == layers[i].traces.end()) continue;
    if (found->second.removes && brought != none) {
      removed = i;
      brought = none;
    }
    if (found->second.holds) brought = i;
  }
  if (brought == none) {
    result->errors.push_back(concat(check.path, removed == none
                                                    ? std::string(" is in none of the layers")
                                                    : concat(" was removed by ", name_of(layers, removed))));
    return;
  }
  auto count = static_cast<int64_t>(layers.size()), index = static_cast<int64_t>(brought);
  std::string found = concat(", but ", name_of(layers, brought), " did");
  if (check.index && *check.index != index && *check.index != index - count)
    result->errors.push_back(concat("the layer ", decimal(*check.index), " should have brought ", check.path, found));
  const std::string &instruction = layers[brought].instruction;
  if (check.instruction && !check.instruction->is_in_part(instruction, 0, instruction.size()))
    result->errors.push_back(
        concat("a layer of ", in_quotes(check.instruction->text()), " should have brought ", check.path, found));
}

// --- what was never to be there --------------------------------------------------------------------------------------

void check_hidden(const std::vector<ScannedLayer> &layers, const HiddenFileCheck &check, CheckResult *result) {
  bool is_held = false;
  for (size_t i = 0; i < layers.size(); i++) {
    auto found = layers[i].traces.find(check.path.substr(1));
    if (found == layers[i].traces.end()) continue;
    const LayerTrace &trace = found->second;
    if (is_held && trace.removes)
      result->errors.back() +=
          concat(", and ", name_of(layers, i), " only hides it: whoever has the image can read it");
    is_held = trace.holds || !trace.below.empty();
    if (is_held)
      result->errors.push_back(
          concat(name_of(layers, i), ", has ", trace.holds ? check.path : concat("/", trace.below)));
  }
}

// --- sizes -----------------------------------------------------------------------------------------------------------

static std::string bytes(int64_t size) { return concat(decimal(size), " bytes"); }

void check_sizes(const Json &document, const Json &history, const LayerSizeCheck &check, CheckResult *result) {
  int64_t all = document["Size"].integer_or(0);
  if (check.most_of_image && all > *check.most_of_image)
    result->errors.push_back(
        concat("the image has ", bytes(all), ", and should have at most ", bytes(*check.most_of_image)));
  for (const Json &step : history.items()) {
    int64_t size = step["Size"].integer_or(0);
    if (check.most_of_layer && size > *check.most_of_layer)
      result->errors.push_back(concat("the layer of ", in_quotes(step["CreatedBy"].text_or("")), " has ", bytes(size),
                                      ", and should have at most ", bytes(*check.most_of_layer)));
  }
}

}  // namespace conu
