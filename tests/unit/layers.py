"""Each room of src/ includes only what lies below it, and each library of others only in its one room."""
import pathlib
import re
import sys

# Higher rooms may include lower ones; two on one level do not know each other.
LEVELS = [
    ["capi"], ["s2i", "check"], ["container"], ["image"], ["filesystem"], ["session"], ["engine"], ["transport"],
    ["loop", "json"], ["util"],
]
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

# The one room that may include these headers.
HOMES = [
    (r"uv\.h|uv/", "loop"),
    (r"jansson", "json"),
    (r"re2/", "container"),
    (r"boost/", "transport"),
    (r"openssl/", "transport"),
    (r"archive", "filesystem"),
    (r"conu/", "capi"),
    (r"fuse|linux/mount\.h", "filesystem"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def complaints_about(source, room, text):
    for bracket, header in INCLUDE.findall(text):
        if bracket == "<":
            for pattern, home in HOMES:
                if re.match(pattern, header) and room != home:
                    yield f"<{header}> is for {home}/ alone"
            continue
        target = header.split("/")[0]
        if not (source / header).is_file():
            yield f'"{header}" is no path below src/'
        elif target not in LEVEL:
            yield f'"{header}": the room {target}/ has no place in the order'
        elif target != room and LEVEL[target] <= LEVEL[room]:
            yield f'"{header}": {target}/ is not below {room}/'


def complaints(source):
    for path in sorted(source.rglob("*.h")) + sorted(source.rglob("*.cc")):
        room = path.relative_to(source).parts[0]
        if room not in LEVEL:
            yield f"{path}: the room {room}/ has no place in the order"
            continue
        for complaint in complaints_about(source, room, path.read_text()):
            yield f"{path.relative_to(source)}: {complaint}"


def self_check(source):
    """The rules catch what they are there to catch."""
    wrong = [
        ("util", '#include "loop/loop.h"'), ("loop", '#include "json/json.h"'), ("engine", "#include <uv.h>"),
        ("engine", '#  include <jansson.h>'), ("loop", "#include <boost/asio.hpp>"), ("image", "#include <archive.h>"),
        ("engine", "#include <openssl/ssl.h>"), ("engine", "#include <conu/conu.h>"), ("util", '#include "text.h"'),
        ("check", "#include <re2/re2.h>"),
    ]
    right = [("engine", '#include "transport/http.h"'), ("loop", "#include <uv.h>"), ("engine", "#include <vector>")]
    for room, text in wrong:
        if not list(complaints_about(source, room, text)):
            yield f"the test does not see that {room}/ must not have {text}"
    for room, text in right:
        for complaint in complaints_about(source, room, text):
            yield f"the test takes {text} in {room}/ for wrong: {complaint}"


def main():
    source = pathlib.Path(sys.argv[1])
    found = list(self_check(source)) + list(complaints(source))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


sys.exit(main())
