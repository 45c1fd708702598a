"""Set small faults in the code, one at a time, and count those that a test finds.

    python tests/mutants.py --sample 300 --seed 1
    python tests/mutants.py --sample 60 --since main~20      # only lines changed since a commit

A mutant is one token changed: a comparison (`<` to `<=`, `==` to `!=`), a number (`n` to `n + 1`) or a sign (`+` to
`-`). A seeded sample is drawn from kernel, need, waits and scenarios, and each mutant meets the tests that cover its
line: fastest first, at most `--tests` of them or `--seconds` in all. The tests run in copies of the tree, so the tree
itself never changes. Needs the `mutation` extra, and Linux or macOS. What it means: docs/explanation/testing.md.
"""

import argparse
import ast
import csv
import importlib.util
import io
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest
from coverage import CoverageData

ROOT = Path(__file__).parents[1]
ROOMS = ("kernel", "need", "waits", "scenarios")
REFERENCES = ("sendneeds/kernel/twins/",)  # slow twins are what the tests compare with
TESTS = (  # one process for each group; those that build whole chapters would take as long again and kill little
    ("tests/kernel", "tests/need", "tests/demand", "tests/foundation"),
    ("tests/waits", "tests/scenarios"),
)
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv*",
    "build",
    "dist",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    "_build/doctrees",
    "*.egg-info",
)
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
SIGNS = {"+": "-", "-": "+", "+=": "-=", "-=": "+="}


@dataclass(frozen=True)
class Mutant:
    """One token changed, and what the tests made of it."""

    path: str
    line: int
    column: int
    kind: str
    before: str
    after: str
    outcome: str = ""
    tests: int = 0
    seconds: float = 0.0
    killed_by: str = ""

    @property
    def room(self) -> str:
        return self.path.split("/")[1]

    def applied(self, text: str) -> str:
        """Return the text of the file with this token changed."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1]
        assert line[self.column :].startswith(self.before), f"{self.path}:{self.line} is not what it was"
        lines[self.line - 1] = line[: self.column] + self.after + line[self.column + len(self.before) :]
        return "".join(lines)


def changed_token(token: tokenize.TokenInfo) -> tuple[str, str] | None:
    """Return the kind of mutant that a token gives, and its new text; None where it gives none."""
    if token.type == tokenize.NUMBER:
        return "number", str(ast.literal_eval(token.string) + 1)
    for kind, changes in (("comparison", COMPARISONS), ("sign", SIGNS)):
        if token.type == tokenize.OP and token.string in changes:
            return kind, changes[token.string]
    return None


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Yield each mutant of a file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if changed := changed_token(token):
            yield Mutant(path, *token.start, changed[0], token.string, changed[1])


def statements(text: str) -> dict[int, tuple[range, ast.AST | None]]:
    """Return, for each line of code, the lines of its statement, and the statement where it runs on import."""
    found: dict[int, tuple[range, ast.AST | None]] = {}

    def visit(node: ast.AST, imported: bool) -> None:
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            body = getattr(node, "body", None)
            first = getattr(node, "lineno", body[0].lineno if body else 0)
            last = max(first, body[0].lineno - 1) if body else node.end_lineno
            kept = (range(first, last + 1), node if imported else None)
            found.update(dict.fromkeys(kept[0], kept))
        for child in ast.iter_child_nodes(node):
            inside = isinstance(node, ast.FunctionDef) and child in node.body
            visit(child, imported and not inside)

    visit(ast.parse(text), True)
    return found


def users(node: ast.AST, text: str) -> list[int]:
    """Return the lines that a statement run on import matters to: a body, or those with the names that it binds."""
    if isinstance(node, ast.FunctionDef):
        return list(range(node.body[0].lineno, node.end_lineno + 1))
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return [n for n, line in enumerate(text.splitlines(), 1) if names & set(re.findall(r"\w+", line))]


class Coverage:
    """Which tests cover a line, and what each costs, from the records of `line_contexts`."""

    def __init__(self, tree: Path, folders: list[Path]):
        self.tree = tree
        self.tests: dict[str, dict] = {}
        self.fixtures: dict[str, float] = {}
        self.lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for folder in folders:
            found = json.loads((folder / "tests.json").read_text(encoding="utf-8"))
            self.tests |= {name: test for name, test in found["tests"].items() if test["passed"]}
            self.fixtures |= found["fixtures"]
            users = defaultdict(set)
            for name, test in self.tests.items():
                for fixture in test["fixtures"]:
                    users[fixture].add(name)
            data = CoverageData(str(folder / "coverage.sqlite"))
            data.read()
            for file in data.measured_files():
                path = "sendneeds/" + file.rpartition("/sendneeds/")[2]
                for line, contexts in data.contexts_by_lineno(file).items():
                    for context in contexts:
                        self.lines[path][line] |= users.get(context, {context} & self.tests.keys())
        self.statements: dict[str, dict] = {}

    def covering(self, path: str, line: int) -> set[str]:
        """Return the tests that run a line; of a line that runs on import, those that run a line it matters to."""
        text = (self.tree / path).read_text(encoding="utf-8")
        if path not in self.statements:
            self.statements[path] = statements(text)
        lines, node = self.statements[path].get(line, (range(line, line + 1), None))
        if node is not None:
            found = set().union(*(self.lines[path][other] for other in users(node, text)))
            return found or set().union(*self.lines[path].values())
        return self.lines[path][line] or set().union(*(self.lines[path][other] for other in lines))

    def chosen(self, path: str, line: int, most: int, seconds: float) -> tuple[list[str], float]:
        """Return covering tests, fastest first and two of a function before a third, with their seconds in all."""

        def cost(name: str, ready: frozenset[str] = frozenset()) -> float:
            test = self.tests[name]
            return test["seconds"] + sum(self.fixtures.get(f, 0) for f in test["fixtures"] if f not in ready)

        of_function: Counter[str] = Counter()
        ranked = []
        for name in sorted(self.covering(path, line), key=lambda name: (cost(name), name)):
            function = name.partition("[")[0]
            ranked.append((of_function[function] >= 2, cost(name), name))
            of_function[function] += 1
        names: list[str] = []
        total, ready = 0.0, frozenset[str]()
        for _, _, name in sorted(ranked)[:most]:
            more = cost(name, ready)
            if names and total + more > seconds:
                break
            names.append(name)
            total += more
            ready |= set(self.tests[name]["fixtures"])
        return names, total


def environment(tree: Path) -> dict[str, str]:
    """Return the environment of a run of tests: those that need the reference folder, slow refits, are not run."""
    paths = [str(tree), str(ROOT / "tests")]
    kept = {name: value for name, value in os.environ.items() if name != "SENDNEEDS_REFERENCE"}
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}


def pytest_arguments(*arguments: str) -> list[str]:
    return ["-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", *arguments]


def record(tree: Path, folder: Path, rooms: list[str], groups: list[list[str]]) -> list[Path]:
    """Run tests of a tree under coverage of some rooms, each group into a folder of its own."""
    begun = []
    for number, group in enumerate(groups):
        into = folder / f"record-{number}"
        into.mkdir(parents=True)
        more = {
            "LINE_CONTEXTS": str(into),
            "LINE_CONTEXTS_INCLUDE": os.pathsep.join(f"{tree}/sendneeds/{room}/*" for room in rooms),
            "LINE_CONTEXTS_OMIT": os.pathsep.join(f"{tree}/{path}*" for path in REFERENCES),
        }
        with (into / "log.txt").open("w") as log:
            command = [sys.executable, "-m", "pytest", *pytest_arguments("-p", "line_contexts", *group)]
            begun.append(subprocess.Popen(command, cwd=tree, env=environment(tree) | more, stdout=log))
    for process in begun:
        process.wait()
    return [folder / f"record-{number}" for number in range(len(groups))]


@dataclass
class Run:
    """Tests running in a copy of the tree, with a mutant set or without one, for so many seconds of processor time."""

    tree: Path
    tests: list[str]
    timeout: float
    mutant: Mutant | None = None

    def __post_init__(self) -> None:
        self.begun, self.original = time.perf_counter(), ""
        if self.mutant:
            self.file = self.tree / self.mutant.path
            self.original = self.file.read_text(encoding="utf-8")
            Path(importlib.util.cache_from_source(str(self.file))).unlink(missing_ok=True)
            self.file.write_text(self.mutant.applied(self.original), encoding="utf-8")
        self.process = multiprocessing.get_context("fork").Process(target=self.inside)
        self.process.start()

    def inside(self) -> None:
        """Run the tests in a process of their own, which finds the package of the tree."""
        os.setsid()
        limit = int(self.timeout)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        os.chdir(self.tree)
        os.environ.update(environment(self.tree))
        os.environ.pop("SENDNEEDS_REFERENCE", None)
        sys.path.insert(0, str(self.tree))
        sys.dont_write_bytecode = True
        output = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        status = pytest.main(pytest_arguments("-x", *self.tests))
        sys.stdout.flush()
        os._exit(int(status))

    def ended(self) -> tuple[str, str] | None:
        """Return the outcome and, of `killed`, the test that failed; None while it runs."""
        late = (
            time.perf_counter() - self.begun > 20 * self.timeout
        )  # asleep, or on a machine that is very busy
        if self.process.is_alive() and not late:
            return None
        if self.process.is_alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()
        if self.mutant:
            self.file.write_text(self.original, encoding="utf-8")
        if late or self.process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL):
            return "timeout", ""
        if self.process.exitcode == 0:
            return "survived", ""
        text = (self.tree / "output.txt").read_text(encoding="utf-8", errors="replace")
        failed = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", text, re.MULTILINE)
        return "killed", failed[1] if failed else ""


def tried(
    mutants: list[Mutant], trees: list[Path], coverage: Coverage, most: int, seconds: float
) -> Iterator[Mutant]:
    """Yield each mutant with what the tests that cover its line make of it, one mutant to a tree at a time."""
    for name in ("pandas", "scipy.stats", "xarray"):
        importlib.import_module(name)  # once here, and not in every process forked from here
    waiting, free, running = list(reversed(mutants)), list(trees), []
    while waiting or running:
        while waiting and free:
            mutant = waiting.pop()
            tests, expected = coverage.chosen(mutant.path, mutant.line, most, seconds)
            if tests:
                running.append(Run(free.pop(), tests, 60 + 4 * expected, mutant))
            else:
                yield replace(mutant, outcome="not covered")
        time.sleep(0.05)
        for run in list(running):
            if ended := run.ended():
                running.remove(run)
                free.append(run.tree)
                spent = round(time.perf_counter() - run.begun, 1)
                tests = len(run.tests)
                yield replace(run.mutant, outcome=ended[0], tests=tests, seconds=spent, killed_by=ended[1])


def changed_lines(tree: Path, since: str) -> dict[str, set[int]]:
    """Return the lines of each file that differ from a commit."""
    command = ["git", "diff", "-U0", since, "--", "sendneeds"]
    text = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout
    found: dict[str, set[int]] = defaultdict(set)
    path = ""
    for line in text.splitlines():
        if line.startswith("+++ "):
            path = line.removeprefix("+++ b/")
        elif hunk := re.match(r"@@ \S+ \+(\d+)(?:,(\d+))? @@", line):
            found[path] |= set(range(int(hunk[1]), int(hunk[1]) + int(hunk[2] or 1)))
    return found


def sample(tree: Path, rooms: list[str], size: int, seed: int, since: str | None) -> list[Mutant]:
    """Draw mutants at random from all that the rooms hold."""
    found: list[Mutant] = []
    for room in rooms:
        for file in sorted((tree / "sendneeds" / room).rglob("*.py")):
            path = file.relative_to(tree).as_posix()
            if not path.startswith(REFERENCES):
                found += mutants_of(path, file.read_text(encoding="utf-8"))
    if since:
        changed = changed_lines(tree, since)
        found = [mutant for mutant in found if mutant.line in changed[mutant.path]]
    return random.Random(seed).sample(found, min(size, len(found)))


def summary(mutants: list[Mutant]) -> str:
    """Return the killed share, by room, by kind and in all; what runs out of time counts as killed."""
    lines = ["| | mutants | killed | survived | not covered | share killed |", "|---|---|---|---|---|---|"]
    groups = [(room, [m for m in mutants if m.room == room]) for room in sorted({m.room for m in mutants})]
    groups += [(kind, [m for m in mutants if m.kind == kind]) for kind in ("comparison", "number", "sign")]
    for name, group in [*groups, ("all", mutants)]:
        count = Counter(mutant.outcome for mutant in group)
        killed = count["killed"] + count["timeout"]
        share = f"{killed / len(group):.0%}" if group else "-"
        lines.append(
            f"| {name} | {len(group)} | {killed} | {count['survived']} | {count['not covered']} | {share} |"
        )
    return "\n".join(lines)


def written(mutants: list[Mutant], folder: Path) -> None:
    with (folder / "mutants.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.DictWriter(stream, list(Mutant.__dataclass_fields__))
        rows.writeheader()
        rows.writerows(asdict(mutant) for mutant in mutants)
    (folder / "summary.md").write_text(summary(mutants) + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=300, help="mutants to draw (300)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draw (1)")
    parser.add_argument("--since", metavar="REF", help="only lines that differ from this commit")
    parser.add_argument("--rooms", nargs="+", default=ROOMS, help="rooms to draw from")
    parser.add_argument("--against", nargs="+", metavar="TESTS", help="tests that count, instead of all")
    parser.add_argument("--tests", type=int, default=12, help="most tests for a mutant (12)")
    parser.add_argument("--seconds", type=float, default=60, help="most seconds of tests for a mutant (60)")
    parser.add_argument("--workers", type=int, default=2, help="mutants at a time (2)")
    parser.add_argument("--tree", type=Path, default=ROOT, help="another checkout to measure")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "mutants", help="folder for results")
    parser.add_argument("--reuse", action="store_true", help="keep the record of coverage that is in --out")
    return parser.parse_args()


def main() -> None:
    """Record coverage, draw the sample, try each mutant, and write `mutants.csv` and `summary.md`."""
    asked = arguments()
    os.nice(10)
    out = asked.out.resolve()
    copies = out / "copies"
    shutil.rmtree(copies if asked.reuse else out, ignore_errors=True)
    trees = [copies / str(number) for number in range(asked.workers)]
    for copy in trees:
        shutil.copytree(asked.tree, copy, ignore=LEFT_OUT)
        subprocess.run([sys.executable, "-m", "compileall", "-q", "sendneeds"], cwd=copy, check=True)
    groups = [asked.against] if asked.against else [list(group) for group in TESTS]
    folders = sorted(out.glob("record-*")) if asked.reuse else record(trees[0], out, asked.rooms, groups)
    coverage = Coverage(asked.tree.resolve(), folders)
    print(f"{len(coverage.tests)} tests that pass, with the lines they cover", flush=True)
    mutants = sample(asked.tree, asked.rooms, asked.sample, asked.seed, asked.since)
    found: list[Mutant] = []
    for one in tried(mutants, trees, coverage, asked.tests, asked.seconds):
        found.append(one)
        written(found, out)  # a run that is stopped leaves what it has found
        where = f"{one.path}:{one.line}:{one.column} {one.before} -> {one.after}"
        print(f"{len(found):4} {one.outcome:11} {one.seconds:6.1f} s  {where}", flush=True)
    print(summary(found))
    if killers := sorted({mutant.killed_by for mutant in found} - {""}):
        control = Run(trees[0], killers, timeout=3600)
        while not (ended := control.ended()):
            time.sleep(0.5)
        if ended[0] != "survived":
            sys.exit(f"{ended[1]} fails without a mutant too: the shares above are too high")
    shutil.rmtree(copies)


if __name__ == "__main__":
    main()
