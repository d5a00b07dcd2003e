// A document that is read can be written, and reads the same again.
#include "json/json.h"

#include "fuzz.h"

using namespace conu;

void fuzz(std::string_view input) {
  accepts(Code::protocol, [&] {
    std::string text = Json::parse(input, "the input").dump();
    require(Json::parse(text, "the output").dump() == text);
  });
}
