"""Runs the test suites of a Meson build folder and counts every single test: `suites.py BUILD [SUITE...] [options]`.

The suites in ENGINE_SUITES run in labs, on all engines at the same time, which takes a third less time than one by one.
A program that reports as TAP, Go or Ruby's minitest do counts with each of its tests, any other as one.
"""
import argparse
import collections
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import process
from engines import KINDS

SUITES = ("unit", "fuzz", "abi", "docs", "bindings", "integration")
ENGINE_SUITES = {"bindings": [], "integration": ["--debian"]}  # and what their lab holds beside the usual
LAB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab.py")

MINITEST = r"^(\d+) runs, \d+ assertions, (\d+) failures, (\d+) errors, (\d+) skips"

Counts = collections.namedtuple("Counts", "passed failed skipped")


def main():
    arguments = parse()
    tests = json.loads(subprocess.check_output(["meson", "introspect", "--tests", arguments.build]))
    unknown = {suite_of(test) for test in tests} - set(SUITES)
    if unknown:
        raise SystemExit(f"suites.py does not know the suites {', '.join(sorted(unknown))} of the build")
    total = Counts(0, 0, 0)
    for suite in arguments.suite or SUITES:
        names = [test["name"] for test in tests if suite_of(test) == suite and chosen(test, arguments.pattern)]
        engines = (arguments.engine or KINDS) if suite in ENGINE_SUITES else [None]
        runs = [Run(arguments, suite, engine, names, is_first=engine == engines[0]) for engine in engines if names]
        for counts in [run.counts() for run in runs] or [Counts(0, 0, 0)]:
            if not any(counts) and not arguments.pattern:
                print(f"the suite {suite} is empty")
                counts = Counts(0, 1, 0)
            total = Counts(*map(sum, zip(total, counts)))
    if not any(total):
        print(f"no test is called {arguments.pattern}")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    raise SystemExit(0 if total.passed and not total.failed else 1)


def parse():
    parser = argparse.ArgumentParser(prog="tools/test", description="Runs the test suites: by default all of them.")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("suite", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--engine", choices=KINDS, action="append", help="only on this engine")
    parser.add_argument("-k", dest="pattern", metavar="NAME", help="only tests with NAME, or a pattern, in their name")
    arguments = parser.parse_intermixed_args()
    if set(arguments.suite) - set(SUITES):
        parser.error(f"the suites are {', '.join(SUITES)}")
    if arguments.pattern and not set(arguments.pattern) & set("*?"):
        arguments.pattern = f"*{arguments.pattern}*"
    return arguments


def suite_of(test):
    return test["suite"][0].rpartition(":")[2]


def chosen(test, pattern):
    """TAP programs choose among their own tests, by CONU_TEST_FILTER."""
    return not pattern or test["protocol"] == "tap" or fnmatch.fnmatch(test["name"], pattern)


class Run:
    """These tests of a suite, in a lab where they need an engine. What any but the first prints waits for its end."""

    def __init__(self, arguments, suite, engine, names, is_first):
        self.title = f"{suite} on {engine}" if engine else suite
        self.output = None if is_first else tempfile.TemporaryFile("w+")
        if is_first:
            print(f"== {self.title}", flush=True)
        log = self.title.replace(" ", "-")
        command = ["meson", "test", "-C", arguments.build, "--print-errorlogs", "--logbase", log, "--suite", suite]
        command += names
        if engine:
            command += ["--no-rebuild"]
            command = process.as_root(LAB, "run", "--engine", engine, *ENGINE_SUITES[suite], "--", *command)
        self.results = f"{arguments.build}/meson-logs/{log}.json"
        if os.path.exists(self.results):
            os.unlink(self.results)
        chosen_tests = {"CONU_TEST_FILTER": arguments.pattern} if arguments.pattern else {}
        self.child = subprocess.Popen(command, env={**os.environ, **chosen_tests}, stdout=self.output)

    def counts(self):
        """Waits for the end of the run, shows what it said, and counts."""
        code = self.child.wait()
        if self.output:
            print(f"== {self.title}", flush=True)
            self.output.seek(0)
            shutil.copyfileobj(self.output, sys.stdout)
        programs = []
        if os.path.exists(self.results):
            with open(self.results) as file:
                programs = [json.loads(line) for line in file]
        for program in programs:
            show_failures(program)
        total = Counts(*map(sum, zip(Counts(0, 0, 0), *map(count, programs))))
        if code and not total.failed:
            total = total._replace(failed=1)  # the run itself failed: no build, no lab, interrupted
        print(f"{self.title}: {total.passed} passed, {total.failed} failed, {total.skipped} skipped")
        return total


def show_failures(program):
    """Meson does not show what a TAP program says of a test that failed."""
    for said in re.findall(r"^not ok .*(?:\n#.*)*", program.get("stdout") or "", re.MULTILINE):
        print(f"{program['name']}: {said}")


def count(program):
    """The tests in one program, from what it printed and from how it ended."""
    text = program.get("stdout") or ""
    plan = re.search(r"^1\.\.(\d+)", text, re.MULTILINE)
    if plan:
        lines = re.findall(r"^(ok|not ok)\b(.*)", text, re.MULTILINE)
        skipped = sum("# SKIP" in rest for _, rest in lines)
        passed = sum(word == "ok" and "# SKIP" not in rest for word, rest in lines)
        failed = max(0, int(plan[1]) - passed - skipped)  # those that were planned and did not run included
    elif go := re.findall(r"^--- (PASS|FAIL|SKIP): ", text, re.MULTILINE):
        passed, failed, skipped = (go.count(word) for word in ("PASS", "FAIL", "SKIP"))
    elif ruby := re.search(MINITEST, text, re.MULTILINE):
        runs, failures, errors, skipped = map(int, ruby.groups())
        failed = failures + errors
        passed = runs - failed - skipped
    else:
        passed, failed, skipped = program["result"] == "OK", 0, program["result"] == "SKIP"
    if program["result"] not in ("OK", "SKIP") and not failed:
        failed = 1
    return Counts(int(passed), failed, int(skipped))


main()
