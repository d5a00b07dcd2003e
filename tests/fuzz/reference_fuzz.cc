// A reference that is accepted means the same in its normal and its familiar form.
#include "fuzz.h"
#include "image/reference.h"

using namespace conu;

void fuzz(std::string_view input) {
  accepts(Code::invalid_argument, [&] {
    Reference reference = parse_reference(input);
    std::string normalized = reference.normalized();
    require(parse_reference(normalized).normalized() == normalized);
    require(parse_reference(reference.familiar()).normalized() == normalized);
    require(combine(input, "").reference.normalized() == normalized);
  });

  std::string_view repository = take_line(&input);
  accepts(Code::invalid_argument, [&] {
    ImageName name = combine(repository, input);
    require(parse_reference(name.full_name()).normalized() == name.reference.normalized());
  });
}
