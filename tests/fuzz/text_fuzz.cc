// Encodings give back what they were given, and made-valid text stays as it is.
#include "util/text.h"

#include "fuzz.h"

using namespace conu;

void fuzz(std::string_view input) {
  std::string decoded;
  require(base64_decode(base64(input), &decoded) && decoded == input);
  require(base64_decode(base64_url(input), &decoded) && decoded == input);
  base64_decode(input, &decoded);

  std::string valid = as_utf8(input);
  require(as_utf8(valid) == valid);
  require(code_points(input).size() == code_points(valid).size());
  require(percent_encoded(input).find_first_of("/ ?&#") == std::string::npos);
  require(excerpt(input).find('\n') == std::string::npos);
}
