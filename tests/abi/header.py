"""The functions of the public header: reads them plainly, without a compiler."""
import re
from collections import namedtuple

Function = namedtuple("Function", "result name parameters")
Parameter = namedtuple("Parameter", "type name")


def functions_of(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
    found = re.findall(r"^CONU_API\s+([^;(]*?)(conu_\w+)\(([^;]*)\);", text, flags=re.M)
    return [Function(result.strip(), name, _parameters(parameters)) for result, name, parameters in found]


def version_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return ".".join(re.search(rf"#define CONU_VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))


def _parameters(text):
    text = " ".join(text.split())
    if text == "void":
        return []
    pairs = [re.fullmatch(r"(.*?)(\w+)", parameter.strip()).groups() for parameter in text.split(",")]
    return [Parameter(type.strip(), name) for type, name in pairs]
