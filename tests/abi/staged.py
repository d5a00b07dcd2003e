"""Installs into an empty folder, and builds and runs examples with what pkg-config says there.

staged.py BUILD_DIR SOURCE_DIR COMPILER...
"""
import glob
import os
import subprocess
import sys
import tempfile

# These need no engine; the first words that they print are given.
RUN = {"version": "libconu ", "error": "code      CONU_ERROR_UNREACHABLE"}


def only(pattern):
    files = glob.glob(pattern, recursive=True)
    if len(files) != 1:
        sys.exit(f"{pattern}: {len(files)} files instead of one")
    return files[0]


def main(build_dir, source_dir, *compiler):
    with tempfile.TemporaryDirectory() as stage:
        subprocess.run(["meson", "install", "-C", build_dir, "--no-rebuild", "--quiet", "--destdir", stage], check=True)
        pc_file = only(f"{stage}/**/conu.pc")
        libdir = os.path.dirname(only(f"{stage}/**/libconu.so"))

        def pkg_config(*options):
            return subprocess.check_output(["pkg-config", *options, pc_file], text=True).split()

        staged = f"--define-variable=prefix={stage}{pkg_config('--variable=prefix')[0]}"
        if [flag for flag in pkg_config("--libs", "--static") if flag.startswith("-l")] != ["-lconu"]:
            sys.exit("conu.pc asks programs for libraries that only libconu needs")

        flags = pkg_config(staged, "--cflags", "--libs")
        examples = sorted(glob.glob(f"{source_dir}/examples/*.c"))
        for source in examples:
            program = f"{stage}/{os.path.basename(source)[:-2]}"
            warnings = ["-std=c11", "-Wall", "-Wextra", "-Werror"]
            subprocess.run([*compiler, *warnings, source, "-o", program, *flags], check=True)
        for name, begin in RUN.items():
            environment = dict(os.environ, LD_LIBRARY_PATH=libdir)
            output = subprocess.check_output([f"{stage}/{name}"], env=environment, text=True)
            if not output.startswith(begin):
                sys.exit(f"{name} printed {output!r}, which does not begin with {begin!r}")
        print(f"{len(examples)} examples built, {len(RUN)} run")


if __name__ == "__main__":
    main(*sys.argv[1:])
