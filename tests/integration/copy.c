// Copying into containers and out of them, beside `docker cp`; folders of the host for volumes.
#include <sys/stat.h>

#include "lab.h"
#include "server.h"

// --- trees and what they are -----------------------------------------------------------------------------------------

// A folder with a folder "tree" of all that can be copied.
static char *fresh_tree(void) {
  char *folder = fresh_folder();
  shell(
      "cd %s && umask 022 && mkdir -p tree/empty tree/sub/deeper && cd tree &&"
      " echo content > file && echo more > sub/deeper/other && : > nothing &&"
      " ln -s file relative && ln -s /etc/passwd absolute && ln -s nowhere dangling && ln -s sub linked-folder &&"
      " ln file hard && ln file sub/hard && ln -h /dev/null 2>/dev/null;"
      " head -c 3000000 /dev/urandom > big && head -c 65536 /dev/urandom > edge && head -c 511 big > odd &&"
      " truncate -s 5000000 sparse && echo end >> sparse &&"
      " touch \"$(printf 'n%%0150d' 0)\" 'with blank' \"$(printf 'not\\377utf8')\" \"$(printf 'gr\\303\\274n')\" &&"
      " deep=$(printf 'd%%050d/d%%050d/d%%050d' 1 2 3) && mkdir -p $deep && echo far > $deep/file &&"
      " ln -s $(printf 'l%%0140d' 0) long-link &&"
      " mkfifo pipe && mknod device c 1 3 && echo 1 > program && echo 2 > secret && echo 3 > read-only &&"
      " chown 1000:1001 secret sub && chown 3000000:3000001 sub/deeper && chown -h 5:6 relative &&"
      " chmod 4755 program && chmod 0 secret && chmod 444 read-only && chmod 2775 sub && chmod 1777 empty &&"
      " touch -d '1999-12-31 23:59:59.123' file sub && touch -d '2040-01-01' odd && touch -d '1970-01-02' nothing",
      folder);
  return folder;
}

// All that is known of what is at the path, but for the time of folders made by copying around it.
static char *listing(const char *path) {
  return shell(
      "cd %s && find . -printf '%%p %%y %%m %%U:%%G %%n %%l %%Ts\\n' | sort && "
      "find . -type f -exec sha256sum {} + | sort -k2",
      path);
}

static char *in(const char *folder, const char *name) { return text("%s/%s", folder, name); }
static conu_container_t *created(void) { return run("", "exec sleep 300"); }

static char *inside(const char *host_variable, const char *id, const char *script) {
  return shell("docker --host %s exec %s sh -c '%s'", setting(host_variable), id, script);
}

// The same of a folder in a container.
static char *listing_inside(const char *host_variable, const char *id, const char *path) {
  char *lines = file_in(fresh_folder(), "lines",
                        inside(host_variable, id,
                               text("cd %s && find . -exec stat -c \"%%N %%A %%u:%%g %%h %%t,%%T %%Y\" {} + && "
                                    "find . -type f -exec sha256sum {} +",
                                    path)));
  return shell("LC_ALL=C sort %s", lines);
}

static char *inside_ours(conu_container_t *container, const char *script) {
  return inside("CONU_HOST", conu_container_get_id(container), script);
}

static char *inside_theirs(const char *id, const char *script) { return inside("CONU_TEST_DOCKER", id, script); }

static void copy_to(conu_container_t *container, const char *src, const char *dest) {
  ok(conu_container_copy_to(container, src, dest, NULL, &error));
}

static void copy_from(conu_container_t *container, const char *src, const char *dest) {
  ok(conu_container_copy_from(container, src, dest, NULL, &error));
}

// --- docker cp -------------------------------------------------------------------------------------------------------

static void remove_reference(void *id) { shell("docker --host %s rm -f %s", setting("CONU_TEST_DOCKER"), (char *)id); }

// A container of Docker, whatever the engine under test: what `docker cp` does with it is how it is to be.
static char *reference(void) {
  const char *host = setting("CONU_TEST_DOCKER"), *image = setting("CONU_TEST_IMAGE");
  shell("docker --host %s image inspect %s >/dev/null 2>&1 || docker --host %s pull -q %s", host, image, host, image);
  char *id = shell("docker --host %s run -d %s sleep 300 | tr -d '\n'", host, image);
  put_off(remove_reference, id);
  return id;
}

// Whether it is done, or refused.
static bool docker_copies(const char *from, const char *to) {
  const char *said = shell("docker --host %s cp '%s' '%s' >/dev/null 2>&1 && echo yes || echo no",
                           setting("CONU_TEST_DOCKER"), from, to);
  return strcmp(said, "yes\n") == 0;
}

static char *in_container(const char *id, const char *path) { return text("%s:%s", id, path); }

// --- in --------------------------------------------------------------------------------------------------------------

static void a_tree_copied_in_is_what_docker_cp_makes_of_it(void **state) {
  (void)state;
  char *folder = fresh_tree(), *theirs = reference();
  conu_container_t *container = created();
  copy_to(container, in(folder, "tree"), "/");
  assert_true(docker_copies(in(folder, "tree"), in_container(theirs, "/")));
  char *ours = listing_inside("CONU_HOST", conu_container_get_id(container), "/tree");
  assert_string_equal(ours, listing_inside("CONU_TEST_DOCKER", theirs, "/tree"));
  contains(ours, "./secret ---------- 1000:1001 1 ");
  contains(ours, "./hard -rw-r--r-- 0:0 3 ");
  contains(ours, "./pipe prw-r--r-- ");
}

// Where a source ends up, and what is refused. Each pair of a source and a destination has a folder of its own.
static void destinations_in_are_taken_as_docker_cp_takes_them(void **state) {
  (void)state;
  static const char *const sources[] = {"file", "folder", "folder/.", "link", "link/", "file/", "dangling"};
  static const char *const destinations[] = {"there",     "there/",   "new",    "new/",        "existing",
                                             "existing/", "to-there", "to-new", "to-existing", "missing/in"};
  const int source_count = sizeof sources / sizeof *sources, count = sizeof destinations / sizeof *destinations;
  char *folder = fresh_folder();
  shell(
      "cd %s && echo file > file && mkdir folder && echo inner > folder/inner && ln -s folder link && "
      "ln -s nowhere dangling",
      folder);
  const char *prepare = text(
      "for i in $(seq 0 %d); do mkdir -p /$i/there; cd /$i; echo old > existing; ln -s /$i/there to-there; "
      "ln -s new to-new; ln -s existing to-existing; done",
      source_count * count);
  char *id = reference();
  conu_container_t *container = created();
  inside_theirs(id, prepare);
  inside_ours(container, prepare);
  for (int i = 0; i < source_count * count; i++) {
    const char *source = in(folder, sources[i / count]), *destination = text("/%d/%s", i, destinations[i % count]);
    bool theirs = docker_copies(source, in_container(id, destination));
    bool ours = conu_container_copy_to(container, source, destination, NULL, &error) == CONU_OK;
    if (!ours) failure();
    if (ours != theirs) fail_msg("%s to %s: docker cp %s", source, destination, theirs ? "succeeds" : "refuses");
  }
  const char *look = "cd / && find [0-9]* -exec stat -c \"%N %A %u:%g\" {} + ; find [0-9]* -type f -exec grep . {} +";
  char *ours = file_in(folder, "ours", inside_ours(container, look));
  char *theirs = file_in(folder, "theirs", inside_theirs(id, look));
  assert_string_equal(shell("sort %s > %s.sorted; sort %s | diff - %s.sorted || true", ours, ours, theirs, ours), "");
}

// --- out -------------------------------------------------------------------------------------------------------------

static void a_tree_copied_out_is_what_docker_cp_makes_of_it(void **state) {
  (void)state;
  char *folder = fresh_tree(), *ours = fresh_folder(), *theirs = fresh_folder(), *id = reference();
  conu_container_t *container = created();
  assert_true(docker_copies(in(folder, "tree"), in_container(id, "/tree")));
  copy_to(container, in(folder, "tree"), "/tree");
  copy_from(container, "/tree", ours);
  assert_true(docker_copies(in_container(id, "/tree"), theirs));
  assert_string_equal(listing(in(ours, "tree")), listing(in(theirs, "tree")));
  contains(listing(in(ours, "tree")), text("./sub d 2775 %d:%d", (int)geteuid(), (int)getegid()));
  // It is what it was, but for the owner, who is the one that copies.
  shell("cd %s/tree && chown -hR %d:%d . && chmod 4755 program && chmod 2775 sub", folder, (int)geteuid(),
        (int)getegid());
  assert_string_equal(listing(in(ours, "tree")), listing(in(folder, "tree")));
}

static void sources_and_destinations_out_are_taken_as_docker_cp_takes_them(void **state) {
  (void)state;
  static const char *const sources[] = {"/file", "/folder", "folder/.", "/link/", "/file/", "/missing", "/link"};
  static const char *const destinations[] = {"there",     "there/",   "new",    "new/",        "existing",
                                             "existing/", "to-there", "to-new", "to-existing", "missing/in"};
  const int source_count = sizeof sources / sizeof *sources - (on_podman() ? 1 : 0);  // Podman follows links, alas
  const int count = sizeof destinations / sizeof *destinations;
  const char *fill =
      "echo file > /file; mkdir /folder; echo inner > /folder/inner; ln -s folder /link; "
      "ln -s no /dangling";
  char *id = reference(), *folder = fresh_folder();
  conu_container_t *container = created();
  inside_theirs(id, fill);
  inside_ours(container, fill);
  shell(
      "for i in $(seq 0 %d); do for who in ours theirs; do mkdir -p %s/$who/$i/there; cd %s/$who/$i; echo old > "
      "existing;"
      "ln -s there to-there; ln -s new to-new; ln -s existing to-existing; done; done",
      source_count * count, folder, folder);
  for (int i = 0; i < source_count * count; i++) {
    const char *source = sources[i / count], *destination = destinations[i % count];
    bool theirs = docker_copies(in_container(id, source), text("%s/theirs/%d/%s", folder, i, destination));
    bool ours = conu_container_copy_from(container, source, text("%s/ours/%d/%s", folder, i, destination), NULL,
                                         &error) == CONU_OK;
    if (!ours) failure();
    if (ours != theirs) fail_msg("%s to %s: docker cp %s", source, destination, theirs ? "succeeds" : "refuses");
  }
  const char *look = text("find . -printf '%%p %%y %%m %%l\n' | sort; find . -type f -exec grep . {} + | sort");
  assert_string_equal(
      shell("cd %s/ours && { %s; } > ../1; cd ../theirs && { %s; } > ../2; diff ../2 ../1 || true", folder, look, look),
      "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_tree_copied_in_is_what_docker_cp_makes_of_it),
      TEST(destinations_in_are_taken_as_docker_cp_takes_them),
      TEST(a_tree_copied_out_is_what_docker_cp_makes_of_it),
      TEST(sources_and_destinations_out_are_taken_as_docker_cp_takes_them),
  };
  return RUN_LAB_TESTS(tests);
}
