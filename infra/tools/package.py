"""Builds the functions for Lambda, and writes what a release is made of: zips, their SHA-256, SBOM and licenses.

The same commit makes the same bytes: pinned compilers, no path of this machine in the programs, zips with a fixed
date and a compressor of one pinned version. Each program lists the crates that it links (inside.py).
"""

import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib as checksums
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import bill
import inside
import zopfli.zlib
from told import POLICIES, ROOT, TEMPLATES, Fault, run, say, sha256

TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
# What a cold start reads; more is a fault of ours.
LIMIT = 4_000_000
# Tests and the local system are no part of a release.
WORKSPACE = ["--workspace", "--exclude", "rehearsal"]
# What a release is made of; a folder with anything else in it is somebody's.
OURS = ("*-arm64.zip", "*-x86_64.zip", "release.json", "sbom.cdx.json", "LICENSES.txt", "SHA256SUMS")


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, text=True, capture_output=True).stdout.strip()


def compiles_for(architecture):
    """Whether the standard library of `architecture` is there, or rustup can bring it."""
    target = TARGETS[architecture]
    library = Path(output("rustc", "--print", "target-libdir", "--target", target))
    if library.is_dir():
        return True
    if not shutil.which("rustup"):
        return False
    added = subprocess.run(["rustup", "target", "add", target], cwd=ROOT, check=False, capture_output=True, text=True)
    return added.returncode == 0 and library.is_dir()


def environment():
    """The build's own: no path of this machine may reach a program."""
    # Before the first crate is here, there is no telling where its source will be.
    output("cargo", "fetch", "--locked")
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    sources = sorted((home / "registry" / "src").glob("*")) if home.is_dir() else []
    remapped = [(str(source), "/registry") for source in sources] + [(str(home), "/cargo"), (str(ROOT), "/muster")]
    # The last one that fits decides, so the shortest come first.
    flags = [f"--remap-path-prefix={old}={new}" for old, new in sorted(remapped, key=lambda pair: len(pair[0]))]
    # A panic aborts, so nothing unwinds: the tables for it are a tenth of a program.
    flags.append("-Cforce-unwind-tables=no")
    c_flags = " ".join(f"-ffile-prefix-map={old}={new}" for old, new in remapped)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        **os.environ,
        "PATH": path,
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        "CFLAGS": c_flags,
        "CARGO_TARGET_DIR": str(ROOT / "target"),
        "SOURCE_DATE_EPOCH": output("git", "log", "-1", "--format=%ct"),
        "ZERO_AR_DATE": "1",
    }


def build(architecture):
    """Has cargo-lambda build every function; their programs by name."""
    built = ROOT / "target" / "lambda"
    shutil.rmtree(built, ignore_errors=True)
    flag = "--arm64" if architecture == "arm64" else "--x86-64"
    command = ["cargo", "lambda", "build", "--release", "--locked", flag, *WORKSPACE]
    if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode:
        raise Fault(f"the functions do not build for {architecture}; cargo says why above")
    programs = {path.parent.name: path for path in sorted(built.glob("*/bootstrap"))}
    expected = sorted(inside.programs())
    if sorted(programs) != expected:
        raise Fault(f"cargo-lambda built {sorted(programs)} and not {expected}")
    return programs


def zipped(program, listing, to):
    """Writes a zip with `program` and the list of its crates as its one entry, `bootstrap`. Returns the zip's size."""
    data = inside.embedded(Path(program).read_bytes(), zopfli.zlib.compress(listing))
    # Between the header of two bytes and the sum of four is what a zip holds.
    packed = zopfli.zlib.compress(data, numiterations=3)[2:-4]
    # 1980-01-01 00:00, the first date that a zip can have; a Unix program that everybody may run.
    common = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, checksums.crc32(data), len(packed), len(data), 9, 0)
    local = b"PK\3\4" + common + b"bootstrap"
    listed = b"PK\1\2" + struct.pack("<H", 3 << 8 | 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0o100755 << 16, 0)
    listed += b"bootstrap"
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(listed), len(local) + len(packed), 0)
    Path(to).write_bytes(local + packed + listed + end)
    # Lambda's reading of it is anybody's: a zip that another library cannot read is none.
    with zipfile.ZipFile(to) as archive:
        if archive.namelist() != ["bootstrap"] or archive.read("bootstrap") != data:
            raise Fault(f"{to} does not hold the program that went in")
        if inside.read(archive.read("bootstrap")) != listing:
            raise Fault(f"{to} does not list the crates that its program links")
    return Path(to).stat().st_size


def pack(programs, architecture, out):
    """Zips all programs, as many at a time as there are processors."""
    listings = inside.listings(TARGETS[architecture], WORKSPACE)
    with ProcessPoolExecutor() as pool:
        names = [f"{name}-{architecture}.zip" for name in programs]
        crates = [listings[name] for name in programs]
        sizes = pool.map(zipped, programs.values(), crates, [out / name for name in names])
        for name, size in zip(names, sizes, strict=True):
            say(f"  {size / 1e6:6.2f} MB  {name}")
            if size > LIMIT:
                raise Fault(f"{name} has {size} bytes, more than the {LIMIT} that a function may have")


def chosen(asked):
    """The architectures to build for, with a word about each that cannot be had."""
    found = []
    for architecture in asked or TARGETS:
        if compiles_for(architecture):
            found.append(architecture)
        else:
            say(
                f"The standard library for {architecture} ({TARGETS[architecture]}) is not here and rustup cannot "
                f"bring it, so nothing is built for {architecture}."
            )
    if not found or (asked and set(asked) - set(found)):
        raise Fault("there is no standard library for what was asked for: `rustup target add` brings one")
    return found


def emptied(out):
    """Makes `out` an empty folder; what another release left there goes, anything else is left alone."""
    out.mkdir(parents=True, exist_ok=True)
    held = sorted(out.iterdir())
    for path in held:
        if not path.is_file() or not any(path.match(name) for name in OURS):
            raise Fault(
                f"{out} holds {path.name}, which is no part of a release: give --out an empty folder, such as dist"
            )
    for path in held:
        path.unlink()


def main():
    parser = argparse.ArgumentParser(prog="infra/package", description=__doc__.splitlines()[0])
    parser.add_argument("--arch", action="append", choices=TARGETS, help="build for this one; both if none is named")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to write (dist/)")
    given = parser.parse_args()
    for needed in ("cargo", "git"):
        if not shutil.which(needed):
            raise Fault(f"{needed} is missing: install it, so that `{needed} --version` answers")
    architectures = chosen(given.arch)
    emptied(given.out)
    for architecture in architectures:
        say(f"building for {architecture}: some minutes")
        pack(build(architecture), architecture, given.out)
    commit = output("git", "rev-parse", "HEAD")
    changed = bool(output("git", "status", "--porcelain", "--untracked-files=no"))
    say("listing what is inside")
    version = bill.write(given.out, [TARGETS[architecture] for architecture in architectures], WORKSPACE)
    release = {
        "version": version,
        "commit": commit,
        "changed": changed,
        "architectures": architectures,
        # Functions and template are of one commit: publishing compares.
        "infra": {name: sha256(ROOT / "infra" / name) for name in TEMPLATES + POLICIES},
    }
    (given.out / "release.json").write_text(json.dumps(release, indent=2) + "\n")
    sums = [f"{sha256(path)}  {path.name}" for path in sorted(given.out.iterdir())]
    (given.out / "SHA256SUMS").write_text("\n".join(sums) + "\n")
    if changed:
        say("The work tree has changes that are in no commit, so nobody else can make these bytes.")
    say(f"{given.out} holds Muster {version} of commit {commit[:12]}: {len(sums)} files and SHA256SUMS")


if __name__ == "__main__":
    run(main)
