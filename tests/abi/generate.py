"""Writes C for the tests from the public header: generate.py names|nulls|stubs HEADER OUT

names: CONU_FUNCTION(name) for each function.
nulls: one test for each function that takes a pointer, with NULL in each place (see null.c for the words it uses).
stubs: a library with all functions and nothing in them, which has the ABI of the header and of nothing else.
"""
import re
import sys

import header

# Where NULL means something, by the function's name or for all functions ("").
OPTIONAL = {
    "": {"engine", "cancel", "error"},
    "conu_engine_open": {"url"},
    "conu_engine_login": {"registry"},
    "conu_image_new": {"tag"},
    "conu_image_pull": {"options"},
    "conu_image_pull_progress": {"options"},
    "conu_image_push": {"repository", "tag"},
    "conu_image_push_progress": {"repository", "tag"},
    "conu_image_tag_image": {"repository", "tag"},  # one of them is needed
    "conu_image_run_via_api": {"builder"},
    "conu_image_mount": {"mount_point", "options"},
    "conu_image_s2i_extend": {"s2i_args"},
    "conu_image_s2i_extend_progress": {"s2i_args"},
    "conu_container_mount": {"mount_point", "options"},
    "conu_mount_options_set_method": {"method"},
    "conu_image_run_via_binary": {"builder"},
    "conu_image_run_via_binary_in_foreground": {"builder", "container_name"},
    "conu_run_builder_new": {"command", "additional_opts"},
    "conu_run_builder_add_volume": {"mode"},
    "conu_container_kill": {"signal"},
    "conu_container_http_request": {"data"},
    "conu_http_response_get_body": {"size"},
    "conu_probe_run": {"user"},
    "conu_directory_options_set_owner": {"user", "group"},
    "conu_directory_new": {"options"},
    "conu_exec_result_get_stdout": {"size"},
    "conu_exec_result_get_stderr": {"size"},
    "conu_container_commit": {"tag"},
    "conu_container_logs": {"options"},
    "conu_container_execute": {"options"},
    "conu_container_execute_stream": {"options"},
    "conu_exec_options_set_stdin": {"data"},  # of no bytes
    "conu_stream_write": {"data"},
    "conu_container_write_to_stdin": {"data"},
}

# Values that a function accepts, where "example" is not one.
SAMPLES = {"url": '"unix:///nonexistent/engine.sock"', "platform": '"linux/amd64"', "signal": '"TERM"', "method": '"GET"', "path": '"/"',
           "status": '"running"', "source": '"/"'}


def is_output(parameter):
    if parameter.name == "data":
        return parameter.type.endswith("**")
    return is_pointer(parameter) and parameter.name in ("out", "more", "exit_code", "written", "channel", "size", "fd")


def is_pointer(parameter):
    return parameter.type.endswith("*") or re.search(r"_(handler|check|probe)_t$", parameter.type) is not None


def is_needed(function, parameter):
    """Whether NULL is wrong here. A cancel or error object may be missing from a call, but not from its own methods."""
    if parameter.name in ("cancel", "error") and function.name.startswith(f"conu_{parameter.name}_"):
        return True
    return is_pointer(parameter) and parameter.name not in OPTIONAL[""] | OPTIONAL.get(function.name, set())


def handle_of(parameter):
    """The handle that is passed in, such as "image"; None for everything else."""
    match = re.fullmatch(r"(?:const )?conu_(\w+)_t \*", parameter.type)
    return match[1] if match else None


def argument(parameter):
    if parameter.name == "error" or is_output(parameter):
        return f"&{parameter.name}"
    if handle_of(parameter):
        return f"samples.{handle_of(parameter)}"
    if parameter.type == "const char *":
        return SAMPLES.get(parameter.name, '"example"')
    return "NULL" if is_pointer(parameter) else "0"


def call(function, nulls):
    arguments = ", ".join("NULL" if p.name in nulls else argument(p) for p in function.parameters)
    return f"{function.name}({arguments})"


def refusal(function, nulls):
    """One call with NULL in these places: outputs hold garbage before and nothing after, and one of them is named."""
    outputs = [p for p in function.parameters if is_output(p) and p.name not in nulls]
    needed = [p.name for p in function.parameters if p.name in nulls and is_needed(function, p)]
    others = [p for p in function.parameters if p.name not in nulls and is_needed(function, p)]
    handles = [argument(p) for p in others if handle_of(p)]
    yield "".join(f"  if ({handle} != NULL)" for handle in handles) + "  {"
    yield "    conu_error_t *error = NULL;"
    for output in outputs:
        yield f"    {output.type[:-1]} {output.name}; memset(&{output.name}, 1, sizeof {output.name});"
    yield f"    expect_refused({call(function, nulls)}, &error, \"{' '.join(needed)}\");"
    for output in outputs:
        yield f"    assert_true({output.name} == 0); memset(&{output.name}, 1, sizeof {output.name});"
    yield f"    assert_int_equal({call(function, nulls | {'error'})}, CONU_ERROR_INVALID_ARGUMENT);"
    for output in outputs:
        yield f"    assert_true({output.name} == 0);"
    yield "  }"


def test_of(function):
    """Name and lines of the test; no lines where there is no place for NULL."""
    pointers = {p.name for p in function.parameters if is_pointer(p)}
    needed = [p.name for p in function.parameters if is_needed(function, p)]
    if not needed:
        return None, []
    if function.parameters[-1].type == "conu_error_t **":
        places = [{name} for name in needed] + [pointers - {"error"}]
        return f"{function.name}_refuses_null", [line for place in places for line in refusal(function, place)]
    if function.result == "void":
        return f"{function.name}_ignores_null", [f"  {call(function, pointers)};"]
    outputs = "".join(f"{p.type[:-1]} {p.name}; (void){p.name}; " for p in function.parameters if is_output(p))
    return f"{function.name}_answers_zero_for_null", [
        f"  {{ {outputs}assert_true({call(function, {name})} == 0); }}" for name in needed
    ]


def names(functions):
    return [f"CONU_FUNCTION({function.name})" for function in functions]


def nulls(functions):
    tests = [(name, lines) for name, lines in map(test_of, functions) if lines]
    for name, lines in tests:
        yield f"static void {name}(void **state) {{"
        yield "  (void)state;"
        yield from lines
        yield "}\n"
    yield "static const struct CMUnitTest generated[] = {"
    yield from (f"  cmocka_unit_test({name})," for name, _ in tests)
    yield "};"


def stubs(functions):
    yield "#include <conu/conu.h>"
    for function in functions:
        parameters = ", ".join(f"{p.type} {p.name}" for p in function.parameters) or "void"
        unused = " ".join(f"(void){p.name};" for p in function.parameters)
        result = "" if function.result == "void" else f" return ({function.result})0;"
        yield f"{function.result} {function.name}({parameters}) {{ {unused}{result} }}"


def main(what, header_file, out):
    lines = {"names": names, "nulls": nulls, "stubs": stubs}[what](header.functions_of(header_file))
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
