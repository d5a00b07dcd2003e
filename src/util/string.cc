// The members of std::string that C++20 added, which libstdc++ has not compiled.
#include <string>

template bool std::string::starts_with(char) const noexcept;
template bool std::string::starts_with(const char *) const;
template bool std::string::starts_with(std::string_view) const noexcept;
template bool std::string::ends_with(char) const noexcept;
template bool std::string::ends_with(const char *) const;
template bool std::string::ends_with(std::string_view) const noexcept;
