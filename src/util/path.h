// Paths as text, without looking at any file.
#pragma once

#include <string>
#include <string_view>

namespace conu {

// Without empty components, "." and "..": "/a//b/../c/." is "/a/c", "" is ".".
std::string clean_path(std::string_view path);
bool leads_out(std::string_view clean_path);  // of any folder that it may be put behind
// Of a clean path: the last component ("/" of "/"), and the folder that it is in.
std::string last_component(const std::string &path);
std::string parent_path(const std::string &path);
// Below the working folder where it is relative, and clean.
std::string absolute_path(const std::string &path);
// "a/" and "a/." are folders, "a/." stands for what is in it.
bool asserts_folder(std::string_view path);
bool asserts_content(std::string_view path);
// By which a descriptor of any kind is opened again, or a system call that takes none gets at its file.
std::string path_of_descriptor(int fd);

}  // namespace conu
