// Whatever an archive holds, a tree stays in its folder, and what is on disk is harmless.
#include "filesystem/tree_extraction.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "filesystem/remove_tree.h"
#include "fuzz.h"

using namespace conu;
namespace fs = std::filesystem;

// A folder to extract to, beside one that must stay as it is, for the life of the program.
struct Place {
  Place() {
    std::string pattern = fs::temp_directory_path() / "conu-fuzz-XXXXXX";
    require(mkdtemp(pattern.data()) != nullptr);
    root = pattern;
    fs::create_directories(root + "/inside");
    fs::create_directories(root + "/outside");
    std::ofstream(root + "/outside/file") << "mine";
  }
  ~Place() { remove_tree(root); }
  std::string root;
};

static void check(const std::string &root) {
  size_t beside = 0;
  for (const auto &entry : fs::recursive_directory_iterator(root)) {
    struct stat status {};
    std::string path = entry.path();
    require(lstat(path.c_str(), &status) == 0);
    if (path.starts_with(root + "/outside")) {
      beside++;
      require(status.st_nlink <= 2 && (S_ISDIR(status.st_mode) || (status.st_size == 4 && status.st_nlink == 1)));
      continue;
    }
    require(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISLNK(status.st_mode));
    require((status.st_mode & 07000) == 0);
  }
  require(beside == 2);
}

// A line is an entry: a letter for its type, one for its mode, its name, and its target behind a blank.
static ArchiveEntry entry_in(std::string_view line) {
  ArchiveEntry entry;
  entry.type = static_cast<ArchiveEntry::Type>(static_cast<unsigned char>(line[0]) % 7);
  entry.mode = static_cast<unsigned char>(line[1]) * 16u;
  line.remove_prefix(2);
  entry.name = line.substr(0, line.find(' '));
  if (entry.name.size() < line.size()) entry.target = line.substr(entry.name.size() + 1);
  std::erase(entry.name, '\0');
  std::erase(entry.target, '\0');
  return entry;
}

void fuzz(std::string_view input) {
  static const Place place;
  std::string folder = place.root + "/inside";
  try {
    TreeExtraction extraction(folder, {});
    while (!input.empty()) {
      std::string_view line = take_line(&input);
      if (line.size() < 3) continue;
      ArchiveEntry entry = entry_in(line);
      extraction.begin(entry);
      if (entry.type == ArchiveEntry::Type::file) extraction.data(line);
      extraction.flush();
    }
    extraction.finish();
  } catch (const Failure &failure) {
    require(failure.code == Code::protocol || failure.code == Code::io);
  }
  check(place.root);
  empty_folder(folder);
}
