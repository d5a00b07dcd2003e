"""The sources of the recorded runs, made again in a folder: the same files, modes and, by fixed authors and dates, the
same commits."""
import os
import subprocess

PLAIN = {".hidden": "h\n", "app.txt": "hello\n", "sub/deep/d.txt": "d\n", "ünï.txt": "uni\n"}
LINKS = {"broken": "nowhere", "link-dir": "sub", "link-file": "app.txt"}
IGNORE = "# comment\n*.log\n!keep.log\n  build  \nsub/deep\nnotexist\n/readme.md\n[bad\n.s2i/environment\n"
IGNORED = {".s2iignore": IGNORE, ".s2i/environment": "IGN=1\n",
           **dict.fromkeys(("a.log", "b.log", "keep.log", "readme.md", "logs/x.log", "build/o.o"), "")}
SCRIPTS = {
    ".s2i/bin/assemble": """#!/bin/bash
echo "SRC-assemble 0=$0 uid=$(id -u)" >&2
find /tmp/src /tmp/scripts /tmp/artifacts 2>/dev/null | sort; cp -a /tmp/src/. .
""",
    ".s2i/bin/run": '#!/bin/bash\necho "SRC-run 0=$0 uid=$(id -u)" >&2\n',
    ".s2i/bin/save-artifacts": '#!/bin/bash\necho "SRC-save-artifacts 0=$0 uid=$(id -u)" >&2\n'
                               "tar cf - -C /tmp scripts\n",
    ".s2i/bin/usage": '#!/bin/bash\necho "SRC-usage 0=$0 uid=$(id -u)" >&2\n',
    ".s2i/bin/extra": "extra\n",
}
FIRST = "First commit with a rather long subject line that exceeds eighty characters for sure, yes it does\n\nbody"
ANN = {"GIT_AUTHOR_NAME": "Ann Author", "GIT_AUTHOR_EMAIL": "ann@x.org", "GIT_AUTHOR_DATE": "1614827167 +0200",
       "GIT_COMMITTER_NAME": "Carl Committer", "GIT_COMMITTER_EMAIL": "carl@x.org",
       "GIT_COMMITTER_DATE": "1614909967 +0300"}


def make(work):
    """Makes them all below the folder. Its path must be thirteen characters long, like the one that they were recorded
    in: a repository's configuration has the path of its origin in it, and so the sizes of files depend on it."""
    assert len(work) == 13, work
    os.umask(0o022)
    make_plain(f"{work}/src-plain")
    for folder, _, files in os.walk(f"{work}/src-plain/sub"):  # whoever the owner is, who sends it counts
        for name in (".", *files):
            os.chown(f"{folder}/{name}", 1000, 1000)
    make_plain(f"{work}/src-runonly", {".s2i/bin/run": "#!/bin/sh\necho SRC-RUN\n"})
    make_plain(f"{work}/src-onb", {**SCRIPTS, ".s2i/environment": 'ENVF=a b"c$d\n', "run": "#!/bin/sh\necho ob\n"})
    os.chmod(f"{work}/src-onb/run", 0o755)
    make_histories(work)
    make_submodule(work)
    write(work, {"envfile": "# c\n// c2\nEF1=one\nEF2= two \nnope\nFOO=ef\n",
                 "inject/s.txt": "secret\n", "inject/d/k.txt": "k\n",
                 **{f"scripts-url/full/{name}": f'#!/bin/bash\necho "URL-{name} 0=$0"\n'
                    for name in ("assemble", "run", "save-artifacts")}})
    os.symlink("s.txt", f"{work}/inject/l")


def make_plain(folder, more={}):
    write(folder, {**PLAIN, "run.sh": "#!/bin/sh\necho hi\n", **more})
    for name, target in LINKS.items():
        os.symlink(target, f"{folder}/{name}")
    os.mkdir(f"{folder}/emptydir")
    os.chmod(f"{folder}/run.sh", 0o755)
    os.chmod(f"{folder}/sub/deep/d.txt", 0o600)
    os.chmod(f"{folder}/sub", 0o750)


def make_histories(work):
    folder = f"{work}/src-git"
    make_plain(folder, {"ctx/c.txt": "inctx\n"})
    git(folder, "init", "-q")
    commit(folder, FIRST, ANN)
    git(folder, "tag", "v1")
    git(folder, "checkout", "-q", "-b", "dev")
    write(folder, {"dev.txt": "dev\n"})
    commit(folder, "dev commit", ANN)
    git(folder, "checkout", "-q", "master")
    write(folder, {"two.txt": "two\n"})
    commit(folder, "second commit", ANN)
    git(work, "clone", "-q", "--bare", f"{work}/src-git", f"{work}/src-bare.git")
    git(folder, "remote", "add", "origin", "https://example.com/orig.git")
    write(folder, {"app.txt": "hello\nchanged\n", "uncommitted.txt": "uncommitted\n"})

    write(f"{work}/src-emptygit", {"x.txt": "x\n"})
    git(f"{work}/src-emptygit", "init", "-q")

    make_plain(f"{work}/src-ignoregit", IGNORED)
    git(f"{work}/src-ignoregit", "init", "-q")
    commit(f"{work}/src-ignoregit", "ig", ANN)

    make_plain(f"{work}/src-ignscriptgit", {**SCRIPTS, ".s2iignore": ".s2i/bin/assemble\n.s2i/bin/run\n"})
    git(f"{work}/src-ignscriptgit", "init", "-q")
    commit(f"{work}/src-ignscriptgit", "x", somebody_at(1795410309))


def make_submodule(work):
    for name, files in (("src-submod", {"sm.txt": "sm\n"}), ("src-sub", {})):
        write(f"{work}/{name}", files)
        os.makedirs(f"{work}/{name}", exist_ok=True)
        git(f"{work}/{name}", "init", "-q")
        if name == "src-sub":
            git(f"{work}/{name}", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
                f"{work}/src-submod", "sm")
        commit(f"{work}/{name}", "top" if name == "src-sub" else "sm", somebody_at(1795409151))


def somebody_at(seconds):
    return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", "a"), ("EMAIL", "a@b"), ("DATE", f"{seconds} +0000"))}


def write(folder, files):
    for name, content in files.items():
        path = f"{folder}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(content)


def commit(folder, message, identity):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message, **identity)


def git(folder, *words, **variables):
    """Without what this user has set up for git; answers what it prints."""
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, **variables}
    command = ["git", "-C", folder, "-c", "init.defaultBranch=master", *words]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
