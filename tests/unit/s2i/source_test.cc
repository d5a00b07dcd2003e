// Sources: what the caller's words mean, what stays out, what a clone tells.
#include "s2i/source.h"

#include <filesystem>

#include "check.h"
#include "loop/loop.h"
#include "temporary_folder.h"

using namespace conu;

static void shell(const std::string &command) { CHECK_EQUAL(system(command.c_str()), 0); }

static std::string repository(const TemporaryFolder &folder) {
  std::string path = folder.path + "/repository";
  shell("mkdir " + path + " && cd " + path +
        " && git init -q -b main . && git config user.name 'A Name' && git config user.email a@example.com"
        " && echo one > file && git add . && git commit -q -m 'A subject' --date '2021-03-04T05:06:07 +0200'"
        " && git tag v1 && echo two > file && git commit -q -a -m 'Second'");
  return path;
}

static std::shared_ptr<const Source> fetched(const std::string &from, const std::vector<std::string> &words,
                                             const std::string &work) {
  Loop loop;
  S2iOptions options;
  read_s2i_options(words, &options);
  SourceName name(from, options);
  auto source = std::make_shared<Source>();
  loop.run(fetch(name, options, work, source.get()), nullptr);
  return source;
}

TEST(words_for_sources_are_told_apart) {
  S2iOptions options;
  TemporaryFolder folder;
  for (const char *url : {"https://host/x.git", "ssh://git@host/x", "git@host:x/y.git", "host:x", "git://host/x"})
    CHECK(SourceName(url, options).is_cloned && SourceName(url, options).folder.empty());
  CHECK_EQUAL(SourceName("https://host/x#ref", options).text, "https://host/x");
  CHECK_EQUAL(SourceName("file://" + folder.path, options).folder, folder.path);
  CHECK(!SourceName(folder.path, options).is_cloned);
  std::filesystem::create_directory(folder.path + "/a b");
  CHECK_EQUAL(SourceName("file://" + folder.path + "/a%20b", options).folder, folder.path + "/a b");
  CHECK_EQUAL(SourceName(".", options).folder, ".");
}

TEST(what_is_no_source_is_refused_before_anything_is_done) {
  S2iOptions options;
  TemporaryFolder folder;
  std::string file = folder.write("file", "x");
  CHECK_FAILS(SourceName("/nonexistent/folder", options), Code::not_found,
              "cannot read the source /nonexistent/folder");
  CHECK_FAILS(SourceName(file, options), Code::invalid_argument, "is no folder");
  CHECK_FAILS(SourceName("file://host/x", options), Code::invalid_argument, "names a host");
  shell("git init -q " + folder.path + "/empty");
  CHECK_FAILS(SourceName(folder.path + "/empty", options), Code::invalid_argument, "has no commits");
}

TEST(a_repository_is_cloned_and_tells_of_its_commit) {
  TemporaryFolder folder;
  std::string path = repository(folder);
  shell("echo untracked > " + path + "/untracked");
  auto source = fetched(path, {}, folder.path);
  CHECK(source->is_clone() && !source->follows_links);
  CHECK(!std::filesystem::exists(source->folder + "/untracked"));
  CHECK_EQUAL(source->commit->ref, "main");
  CHECK_EQUAL(source->commit->subject, "Second");
  CHECK_EQUAL(source->commit->author, "A Name <a@example.com>");
  CHECK_EQUAL(source->commit->id.size(), 40u);
  CHECK_EQUAL(source->location, path);
}

TEST(a_ref_is_checked_out) {
  TemporaryFolder folder;
  auto source = fetched(repository(folder), {"--ref", "v1"}, folder.path);
  CHECK_EQUAL(source->commit->ref, "HEAD");
  CHECK_EQUAL(source->commit->subject, "A subject");
  CHECK_EQUAL(source->commit->date, "Thu Mar 4 05:06:07 2021 +0200");
}

TEST(git_says_why_it_fails) {
  TemporaryFolder folder, other;
  std::string path = repository(folder);
  CHECK_FAILS(fetched(path, {"--ref", "nosuch"}, folder.path), Code::command_failed, "to check out nosuch of ");
  CHECK_FAILS(fetched(path, {"--ref=--help"}, other.path), Code::invalid_argument, "--help is no ref");
  CHECK_FAILS(fetched("https://user:secret@127.0.0.1:1/x", {}, other.path + "/x"), Code::command_failed,
              "to clone https://127.0.0.1:1/x");
}

TEST(a_copy_takes_the_files_as_they_are) {
  TemporaryFolder folder;
  std::string path = repository(folder);
  auto source = fetched(path, {"--copy", "--context-dir", "."}, "/nonexistent");
  CHECK(!source->is_clone() && source->follows_links);
  CHECK_EQUAL(source->folder, path);
  Labels expected = {{"io.openshift.s2i.build.source-location", path},
                     {"io.openshift.s2i.build.source-context-dir", "."}};
  CHECK(source->labels() == expected);
}

TEST(a_context_has_to_be_a_folder) {
  TemporaryFolder folder;
  folder.write("file", "x");
  CHECK_FAILS(fetched(folder.path, {"--context-dir", "nosuch"}, "/nonexistent"), Code::not_found, "the folder nosuch");
  CHECK_FAILS(fetched(folder.path, {"--context-dir=file"}, "/nonexistent"), Code::invalid_argument, "is no folder");
}

TEST(a_context_does_not_lead_out_of_a_clone) {
  TemporaryFolder folder, other, third;
  std::string path = repository(folder);
  shell("cd " + path +
        " && mkdir in && ln -s /etc out && ln -s in link && git add . && touch in/x && git add . && git commit -qm x");
  CHECK_FAILS(fetched(path, {"--context-dir=out"}, folder.path), Code::invalid_argument, "leads out of the repository");
  CHECK_FAILS(fetched(path, {"--context-dir=../.."}, other.path), Code::invalid_argument,
              "leads out of the repository");
  CHECK(fetched(path, {"--context-dir=./link"}, third.path)->follows_links);
}

TEST(a_pipe_in_the_place_of_a_file_is_no_trap) {
  TemporaryFolder folder;
  shell("cd " + folder.path +
        " && mkfifo .s2iignore && mkdir -p .s2i .git/objects && mkfifo .s2i/environment .git/commondir");
  SourceFilter filter(folder.path, "");
  CHECK(!filter.ignores("x"));
  CHECK(!fetched(folder.path, {"--copy"}, "/nonexistent")->environment().has_value());
  S2iOptions options;
  CHECK_FAILS(SourceName(folder.path, options), Code::invalid_argument, "has no commits");
}

TEST(a_source_around_the_temporary_files_is_refused) {
  TemporaryFolder folder;
  CHECK_FAILS(fetched(folder.path, {}, folder.path + "/work"), Code::invalid_argument, "has the folder for temporary");
}

TEST(the_later_line_of_the_ignore_file_wins) {
  TemporaryFolder folder;
  folder.write(".s2iignore", "# comment\n *.log \n!keep.log\n/build/\nsub/?.txt\n[\n");
  SourceFilter filter(folder.path, "");
  CHECK(filter.ignores("a.log") && !filter.ignores("keep.log") && filter.ignores("build"));
  CHECK(!filter.ignores("sub/a.log"));  // no pattern crosses a slash
  CHECK(filter.ignores("sub/a.txt") && !filter.ignores("sub/ab.txt") && !filter.ignores(".s2iignore"));
  CHECK(filter.ignores_on_the_way("build/deep/x") && !filter.ignores_on_the_way("src/build/x"));
}

TEST(scripts_and_environment_that_stay_out_of_a_copy_are_not_there) {
  TemporaryFolder folder;
  folder.write(".s2i/bin/assemble", "x");
  folder.write(".s2i/environment", "A=1");
  CHECK(fetched(folder.path, {}, "/nonexistent")->script("assemble").has_value());
  CHECK(!fetched(folder.path, {}, "/nonexistent")->script("run").has_value());
  CHECK_EQUAL(fetched(folder.path, {}, "/nonexistent")->environment().value_or(""), "A=1");
  folder.write(".s2iignore", ".s2i");
  CHECK(!fetched(folder.path, {}, "/nonexistent")->script("assemble").has_value());
  CHECK(!fetched(folder.path, {}, "/nonexistent")->environment().has_value());
}

TEST(links_out_of_a_clone_are_not_followed) {
  TemporaryFolder folder;
  std::string path = repository(folder);
  shell("cd " + path + " && mkdir -p .s2i/bin sub && ln -s /etc/passwd .s2i/environment && ln -s /etc/passwd sub/leak" +
        " && ln -s ../../file .s2i/bin/run && git add . && git commit -q -m links");
  auto source = fetched(path, {}, folder.path);
  CHECK(!source->environment().has_value());
  CHECK(source->script("run").has_value());
  CHECK(!source->may_follow(source->folder + "/sub/leak") && source->may_follow(source->folder + "/file"));
}

int main() { return check::run_all("s2i/source"); }
