"""Lists the crates that each program links, in the program itself, where vulnerability scanners look for them.

The format is cargo-auditable's: JSON, compressed with zlib, in the ELF section `.dep-v0`, which is not loaded at run
time. The list has the versions that Cargo.lock pins and the features of the build. cargo-auditable itself would wrap
rustc, and Cargo hashes the path of such a wrapper into every program: the bytes would depend on where the clone is.
"""

import json
import re
import struct
import zlib

from told import Fault, cargo

SECTION = b".dep-v0\0"
# A line of `cargo tree --prefix depth`, such as `2muster v0.1.0 (/muster/shared/domain) (*)`.
LINE = re.compile(r"(?P<depth>\d+)(?P<name>\S+) v(?P<version>\S+)(?P<local> \(/.*?\))?(?: \(\*\))?")
# ELF for 64 bits, little-endian: where its header says that the table of sections is, and one entry of that table.
ELF = b"\x7fELF\x02\x01"
TABLE, COUNT, NAMES = (40, "<Q"), (60, "<H"), (62, "<H")
ENTRY = struct.Struct("<IIQQQQIIQQ")


def programs():
    """The package of each program that a release has."""
    packages = json.loads(cargo("metadata", "--locked", "--no-deps", "--format-version", "1"))["packages"]
    return {
        target["name"]: package["name"]
        for package in packages
        if package["name"] != "rehearsal"
        for target in package["targets"]
        if target["kind"] == ["bin"]
    }


def linked(target, workspace):
    """The crates that each crate links, and whether it is of this repository, by name and version."""
    # All functions are built at once, so Cargo unites their features, as it does here: no crate can be missing. A
    # procedural macro runs in the compiler and is not linked.
    edges = ("--edges", "normal,no-proc-macro")
    tree = cargo("tree", "--locked", *workspace, *edges, "--prefix", "depth", "--target", target)
    found, local, path = {}, {}, []
    for line in filter(None, tree.splitlines()):
        part = LINE.fullmatch(line)
        if not part:
            raise Fault(f"`cargo tree` prints a line of an unknown form: {line}")
        crate = part["name"], part["version"]
        # A crate that was listed before comes without the crates below it.
        del path[int(part["depth"]) :]
        found.setdefault(crate, set())
        local[crate] = bool(part["local"])
        if path:
            found[path[-1]].add(crate)
        path.append(crate)
    return found, local


def listing(root, found, local):
    """The JSON for a program of the crate `root`."""
    reached, left = set(), [root]
    while left:
        crate = left.pop()
        if crate not in reached:
            reached.add(crate)
            left.extend(found[crate])
    crates = sorted(reached)
    index = {crate: place for place, crate in enumerate(crates)}
    packages = []
    for crate in crates:
        package = {"name": crate[0], "version": crate[1], "source": "local" if local[crate] else "crates.io"}
        if found[crate]:
            package["dependencies"] = sorted(index[below] for below in found[crate])
        if crate == root:
            package["root"] = True
        packages.append(package)
    # Format 1: without `kind`, each package is one that is linked.
    return json.dumps({"packages": packages, "format": 1}, separators=(",", ":")).encode()


def listings(target, workspace):
    """The JSON of each program, by the program's name."""
    found, local = linked(target, workspace)
    roots = {crate[0]: crate for crate in found if local[crate]}
    return {program: listing(roots[package], found, local) for program, package in programs().items()}


def sections(program):
    """The entries of a program's table of sections, and the place of the one that holds their names."""
    if not program.startswith(ELF):
        raise Fault("a program is not ELF for 64 bits, little-endian")
    table, count, names = (struct.unpack_from(form, program, at)[0] for at, form in (TABLE, COUNT, NAMES))
    return [ENTRY.unpack_from(program, table + ENTRY.size * number) for number in range(count)], names


def content(program, entry):
    return program[entry[4] : entry[4] + entry[5]]


def find(program):
    """The content of the section; none if the program has no such section."""
    entries, names = sections(program)
    text = content(program, entries[names])
    return next((content(program, entry) for entry in entries if text[entry[0] :].startswith(SECTION)), None)


def embedded(program, packed):
    """The program with one section more. No other section moves."""
    entries, names = sections(program)
    if find(program) is not None:
        raise Fault("a program already has a list of its crates")
    table = struct.unpack_from(TABLE[1], program, TABLE[0])[0]
    if table + ENTRY.size * len(entries) != len(program):
        raise Fault("a program does not end with its table of sections")
    text = content(program, entries[names]) + SECTION
    at = table + len(packed)
    kind, flags, address, _, _, *rest = entries[names][1:]
    entries[names] = (entries[names][0], kind, flags, address, at, len(text), *rest)
    entries.append((len(text) - len(SECTION), 1, 0, 0, table, len(packed), 0, 0, 1, 0))
    body = bytearray(program[:table] + packed + text)
    body += bytes(-len(body) % 8)
    struct.pack_into(TABLE[1], body, TABLE[0], len(body))
    struct.pack_into(COUNT[1], body, COUNT[0], len(entries))
    return bytes(body) + b"".join(ENTRY.pack(*entry) for entry in entries)


def read(program):
    """The JSON in a program."""
    packed = find(program)
    if packed is None:
        raise Fault("a program has no list of its crates")
    return zlib.decompress(packed)
