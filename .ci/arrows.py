"""Lists which module of the domain uses which other, and which crate uses which: compared in CI with .ci/arrows.txt.

Usage: arrows.py prints the list; arrows.py --check exits with 1 if it differs from the committed one.
A circle is an error in both: modules and crates form layers, and each uses only those below it.
"""

import json
import re
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = ROOT / "shared" / "domain" / "src"
LIST = ROOT / ".ci" / "arrows.txt"

TEST_MODULE = re.compile(r"#\[cfg\(test\)\]\s*(?:pub(?:\(\w+\))? )?mod (\w+);")
TEST_BLOCK = re.compile(r"#\[cfg\(test\)\]\s*mod \w+ \{.*", re.DOTALL)
COMMENT = re.compile(r"//[^\n]*")
# A path from the root, and the lists of a `use` that begin there.
USE = re.compile(r"\buse crate::\{([^;]*)\};")
PATH = re.compile(r"\bcrate::(\w+)")


def of_tests(path):
    """Returns whether a file holds only tests: it, or a module around it, is declared for tests."""
    inside = path.relative_to(DOMAIN).with_suffix("")
    for at in range(len(inside.parts)):
        around = DOMAIN.joinpath(*inside.parts[:at])
        parents = [around / "mod.rs", around / "lib.rs", around.with_suffix(".rs")]
        declared = [name for file in parents if file.is_file() for name in TEST_MODULE.findall(file.read_text())]
        if inside.parts[at] in declared:
            return True
    return False


def top_names(text):
    """Yields the modules at the root that a source names."""
    text = COMMENT.sub("", TEST_BLOCK.sub("", text))
    yield from PATH.findall(text)
    for inner in USE.findall(text):
        depth, name = 0, ""
        for character in inner + ",":
            depth += {"{": 1, "}": -1}.get(character, 0)
            if character == "," and depth == 0:
                # After the last comma of a list there is nothing.
                if name.strip():
                    yield name.strip().split("::")[0]
                name = ""
            else:
                name += character


def modules():
    """Returns the arrows between the domain's modules."""
    arrows = set()
    for path in DOMAIN.rglob("*.rs"):
        of = path.relative_to(DOMAIN).with_suffix("").parts[0]
        if of != "lib" and not of_tests(path):
            arrows |= {(of, to) for to in top_names(path.read_text()) if to != of}
    return arrows


def crates():
    """Returns the arrows between the workspace's crates; what only tests use does not count."""
    call = ["cargo", "metadata", "--locked", "--format-version", "1", "--no-deps"]
    packages = json.loads(subprocess.run(call, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    ours = {package["name"] for package in packages}
    return {
        (package["name"], needed["name"])
        for package in packages
        for needed in package["dependencies"]
        if needed["name"] in ours and needed["kind"] != "dev"
    }


def circle(arrows):
    """Returns a circle of names, or nothing."""
    uses = {}
    for one, other in arrows:
        uses.setdefault(one, []).append(other)

    def walk(name, way):
        if name in way:
            return [*way[way.index(name) :], name]
        return next((found for to in uses.get(name, []) if (found := walk(to, [*way, name]))), None)

    return next((found for name in sorted(uses) if (found := walk(name, []))), None)


def main():
    parts = {"modules of the domain": modules(), "crates": crates()}
    for what, arrows in parts.items():
        if found := circle(arrows):
            sys.exit(f"The {what} form a circle: {' -> '.join(found)}. Move what they share to a lower one.")
    lines = [f"{one} -> {other}" for arrows in parts.values() for one, other in sorted(arrows)]
    if sys.argv[1:] != ["--check"]:
        print("\n".join(lines))
        return
    if difference := list(unified_diff(LIST.read_text().splitlines(), lines, ".ci/arrows.txt", "now", lineterm="")):
        print("\n".join(difference), file=sys.stderr)
        sys.exit("The arrows changed. If they should, run: python3 .ci/arrows.py > .ci/arrows.txt")


if __name__ == "__main__":
    main()
