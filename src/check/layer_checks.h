// Checks of the layers of an image.
#pragma once

#include "check/document.h"
#include "check/layer_scan.h"
#include "check/results.h"
#include "image/image.h"

namespace conu {

// Streams the archive of the image once.
Task<std::vector<ScannedLayer>> scan_layers(Api &api, Image &image, std::vector<std::string> paths);

// These add what does not hold.
void check_layer(const std::vector<ScannedLayer> &layers, const LayerCheck &check, CheckResult *result);
void check_hidden(const std::vector<ScannedLayer> &layers, const HiddenFileCheck &check, CheckResult *result);
// `document` is the image's inspect document, `history` what the engine answers to GET /images/{name}/history.
void check_sizes(const Json &document, const Json &history, const LayerSizeCheck &check, CheckResult *result);

}  // namespace conu
