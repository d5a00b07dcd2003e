#!/usr/bin/env python3
"""Writes the SWIG declarations of the API from the C header: generate.py HEADER UNBOUND.txt OUT.i

conu_<class>_<verb>(self, ...) becomes a method of the class, conu_<class>_free its destructor; a function without a self
becomes a function of the module, named without the conu_. The build fails when a function is neither and is not listed
in UNBOUND.txt, so that nothing is left out unseen.
"""
import re
import sys
from collections import namedtuple

Function = namedtuple("Function", "result name parameters")

# Verbs that C++ reserves: SWIG cannot read them as a method's name, so such a method has a body and is renamed.
RESERVED = {"default", "delete", "export", "import", "new", "operator", "register", "switch", "template", "this", "union"}


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def classes_of(text):
    """The names of the handles, in the header's order: "image" for `typedef struct conu_image conu_image_t;`."""
    return re.findall(r"typedef\s+struct\s+conu_(\w+)\s+conu_\1_t\s*;", text)


def callbacks_of(text):
    return set(re.findall(r"typedef[^;]*\(\s*\*\s*(conu_\w+)\s*\)", text))


def functions_of(text):
    functions = []
    for result, name, parameters in re.findall(r"CONU_API\s+(\w[\w\s]*?[\s*]+)(conu_\w+)\s*\(([^;]*)\)\s*;", text):
        parameters = " ".join(parameters.split())
        parameters = [] if parameters == "void" else [p.strip() for p in parameters.split(",")]
        functions.append(Function(" ".join(result.split()), name, parameters))
    return functions


def self_class(function, classes):
    """The class whose method this is: that of the first parameter, when the name begins with it too."""
    match = re.fullmatch(r"(const )?conu_(\w+)_t \*\w+", function.parameters[0]) if function.parameters else None
    is_method = match and match[2] in classes and function.name.startswith(f"conu_{match[2]}_")
    return match[2] if is_method else None


def fits(function, classes, callbacks):
    """Whether it can be bound: it takes no callback, no memory to free, and no handle of a class it is not named for. A
    list of strings is no such handle: it may be an input of any function."""
    if any(p.split()[0] in callbacks or re.match(r"(char|void) \*\w", p) for p in function.parameters):
        return False
    takes_handle = function.parameters and re.match(r"(const )?conu_(?!string_list)\w+_t \*\w", function.parameters[0])
    return not takes_handle or any(function.name.startswith(f"conu_{cls}_") for cls in classes)


def is_blocking(function, classes):
    inputs = function.parameters[1:] if self_class(function, classes) else function.parameters
    return "conu_cancel_t *cancel" in inputs


def class_name(name):
    return "".join(word.capitalize() for word in name.split("_"))


def method_name(function, cls):
    verb = function.name[len(f"conu_{cls}_"):]
    return verb + "_" if verb in RESERVED else verb


def method(function, cls):
    """One line of %extend. Without a body, SWIG calls the C function conu_<class>_<method> itself."""
    name, inputs = method_name(function, cls), function.parameters[1:]
    signature = f"  {function.result} {name}({', '.join(inputs)})"
    if not name.endswith("_"):
        return signature + ";"
    arguments = ", ".join(["$self"] + [re.search(r"\w+$", p)[0] for p in inputs])
    call = f"{function.name}({arguments});"
    return f"{signature} {{ {'' if function.result == 'void' else 'return '}{call} }}"


def interface(classes, functions, hidden):
    lines = ["// The API as SWIG sees it. Written by generate.py from the header; the language's typemaps stand before it."]
    lines += [f"%ignore {name};" for name in hidden]
    methods = {cls: [] for cls in classes}
    for function in functions:
        cls = self_class(function, classes)
        if cls is None:
            target = function.name
            lines.append(f'%rename("{function.name[len("conu_"):]}") {function.name};')
        else:
            methods[cls].append(function)
            target = f"conu_{cls}::{method_name(function, cls)}"
            lines.append(f"%ignore {function.name};")
            if target.endswith("_"):
                lines.append(f'%rename("{target[:-1].split("::")[1]}") {target};')
        if re.fullmatch(r"conu_\w+_t \*", function.result):
            lines.append(f"%newobject {target};")
        if is_blocking(function, classes):
            lines.append(f"CONU_BLOCKING({target})")
    for cls in classes:
        lines += [f"%rename({class_name(cls)}) conu_{cls};", f"struct conu_{cls} {{}};"]
    lines.append("%include <conu/conu.h>")
    for cls in classes:
        lines.append(f"%extend conu_{cls} {{")
        for function in methods[cls]:
            is_free = function.name == f"conu_{cls}_free"
            lines.append(f"  ~conu_{cls}() {{ {function.name}($self); }}" if is_free else method(function, cls))
        lines.append("}")
    return lines


def main(header, unbound_file, out):
    with open(header, encoding="utf-8") as file:
        text = without_comments(file.read())
    with open(unbound_file, encoding="utf-8") as file:
        rows = [line.partition(":") for line in file if line.strip() and not line.startswith("#")]
    unbound = {name.strip(): reason.strip() for name, _, reason in rows}
    classes, functions, callbacks = classes_of(text), functions_of(text), callbacks_of(text)

    names = {function.name for function in functions}
    bound = [function for function in functions if function.name not in unbound]
    problems = [f"{header} declares no function"] if not functions else []
    problems += [f"{name} is listed without a reason" for name, reason in unbound.items() if not reason]
    problems += [f"{name} is listed, but {header} has no such function" for name in unbound if name not in names]
    problems += [f"{f.name} fits no class, and is not listed" for f in bound if not fits(f, classes, callbacks)]
    problems += [f"conu_{cls}_t has no conu_{cls}_free" for cls in classes if f"conu_{cls}_free" not in names]
    if problems:
        sys.exit("\n".join(f"{unbound_file}: {problem}" for problem in problems))

    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(interface(classes, bound, unbound)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
