// The library's std::string is libstdc++'s, whose members are compiled already: C++20 would compile them again in every
// file. This header is put before each of them.
#pragma once

#include <string>

extern template class std::basic_string<char>;
