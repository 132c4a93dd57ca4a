"""Checks the list of crates that infra/package writes into each program."""

import json
import struct
import unittest
import zlib

import inside
from told import ROOT, Fault

TARGET = "aarch64-unknown-linux-gnu"
WORKSPACE = ["--workspace", "--exclude", "rehearsal"]
CODE = b"code that has to stay where it is"


def elf():
    """The smallest program: code, and a table of sections with the code and the names."""
    names = b"\0.text\0.shstrtab\0"
    header = bytearray(64)
    header[:6] = b"\x7fELF\x02\x01"
    at = len(header) + len(CODE)
    table = at + len(names)
    struct.pack_into("<Q", header, 40, table)
    struct.pack_into("<HHH", header, 58, 64, 3, 2)
    entries = [
        (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        (1, 1, 6, 64, 64, len(CODE), 0, 0, 1, 0),
        (7, 3, 0, 0, at, len(names), 0, 0, 1, 0),
    ]
    return bytes(header) + CODE + names + b"".join(struct.pack("<IIQQQQIIQQ", *entry) for entry in entries)


class Embedded(unittest.TestCase):
    def test_is_read_back_and_moves_nothing(self):
        program = inside.embedded(elf(), zlib.compress(b"[]"))
        self.assertEqual(inside.read(program), b"[]")
        self.assertEqual(program[64 : 64 + len(CODE)], CODE)
        entries, names = inside.sections(program)
        self.assertEqual(inside.content(program, entries[names]), b"\0.text\0.shstrtab\0.dep-v0\0")
        self.assertEqual(inside.content(program, entries[1]), CODE)
        # Neither loaded nor writable: it has no flag and no address.
        self.assertEqual(entries[3][1:4], (1, 0, 0))

    def test_is_refused_where_it_would_do_harm(self):
        packed = zlib.compress(b"[]")
        for program, reason in [
            (inside.embedded(elf(), packed), "already has a list"),
            (elf() + b"more", "does not end with its table"),
            (b"#!/bin/sh\n" + bytes(64), "not ELF"),
        ]:
            with self.assertRaisesRegex(Fault, reason):
                inside.embedded(program, packed)

    def test_is_missed_in_a_program_without_it(self):
        with self.assertRaisesRegex(Fault, "has no list of its crates"):
            inside.read(elf())


class Listings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        listings = inside.listings(TARGET, WORKSPACE)
        cls.listed = {name: json.loads(text)["packages"] for name, text in listings.items()}

    def test_each_program_has_one(self):
        self.assertEqual(set(self.listed), set(inside.programs()))
        self.assertLessEqual({"pager", "roster-api", "roster-reports"}, set(self.listed))

    def test_each_has_one_root_and_the_crates_that_it_links(self):
        for program, packages in self.listed.items():
            roots = [package["name"] for package in packages if package.get("root")]
            self.assertEqual(roots, [inside.programs()[program]])
            names = [package["name"] for package in packages]
            some = {"muster-domain", "muster-runtime", "ring", "aws-sdk-dynamodb", "tokio"}
            self.assertLessEqual(some, set(names))
            # These are for tests, for the compiler, or for another program.
            for other in ("rehearsal", "insta", "clap", "serde_derive", "cc"):
                self.assertNotIn(other, names)
        self.assertNotIn("axum", [package["name"] for package in self.listed["pager"]])
        self.assertIn("axum", [package["name"] for package in self.listed["roster-api"]])

    def test_each_has_the_versions_of_the_lock_file_in_a_fixed_order(self):
        lock = (ROOT / "Cargo.lock").read_text()
        for packages in self.listed.values():
            keys = [(package["name"], package["version"]) for package in packages]
            self.assertEqual(keys, sorted(keys))
            for name, version in keys:
                self.assertIn(f'name = "{name}"\nversion = "{version}"\n', lock)

    def test_all_but_the_root_are_below_another(self):
        for packages in self.listed.values():
            below = {place for package in packages for place in package.get("dependencies", [])}
            tops = [package["name"] for place, package in enumerate(packages) if place not in below]
            self.assertEqual(tops, [package["name"] for package in packages if package.get("root")])


if __name__ == "__main__":
    unittest.main()
