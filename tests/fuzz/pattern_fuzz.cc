// Any pattern is refused or finds what is there, in time, and a text says the same as a line and as a part.
#include "container/pattern.h"

#include "fuzz.h"

using namespace conu;

void fuzz(std::string_view input) {
  std::string text(take_line(&input));
  accepts(Code::invalid_argument, [&] {
    Pattern pattern(text);
    bool is_in = pattern.is_in(input);
    require(is_in == pattern.is_in_part(input, 0, input.size()));
    if (pattern.is_plain()) require(pattern.text() == text && is_in == (input.find(text) != input.npos));
    size_t half = input.size() / 2;
    pattern.is_in_part(input, half, input.size());
    pattern.is_in_part(input, 0, half);
  });
}
