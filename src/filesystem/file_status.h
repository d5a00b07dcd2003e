// What a file of a tree is: what the disk says of it, or what is known better.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "filesystem/tree_facts.h"
#include "json/json.h"

namespace conu {

struct FileStatus {
  FileFacts facts;
  int64_t size = 0;
  uint64_t links = 1, inode = 0;
  std::string target;  // of a symbolic link
};

// Of an O_PATH descriptor. `facts` are those of its tree; null: the disk tells it all.
FileStatus file_status(int fd, const TreeFacts *facts, const std::string &path);

Json to_json(const FileStatus &status);
const char *type_in_words(unsigned mode);  // "a folder"

// Below the top an overlay marks with a device 0:0 what is not there any more.
bool is_whiteout(const struct stat &status);

// An extended attribute, or their names, of an O_PATH descriptor; -1 and errno as from getxattr(2).
ssize_t read_attribute(int fd, const char *name, std::string *value);

// What is in a folder, in no order, without whiteouts. Throws system_failure.
std::vector<std::string> files_in(int folder, const std::string &path);

}  // namespace conu
