// Any options are refused or give a body that is valid JSON.
#include "container/run_builder.h"
#include "fuzz.h"

using namespace conu;

void fuzz(std::string_view input) {
  RunBuilder builder;
  while (!input.empty()) builder.add_option(std::string(take_line(&input)));
  builder.command_line("image");
  accepts(Code::invalid_argument, [&] {
    std::string body = builder.request("image").body.dump();
    require(Json::parse(body, "the body").dump() == body);
    builder.name();
  });
}
