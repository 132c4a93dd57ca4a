"""What is inside the functions: a CycloneDX bill of materials, and the licences' texts."""

import json
import re
import subprocess
import uuid
from datetime import datetime, timezone
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from told import ROOT, Fault, cargo, sha256

TEXTS = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|UNLICENSE|COPYRIGHT)", re.IGNORECASE)


def linked(targets, workspace):
    """Names and versions of every crate that a function links."""
    found = set()
    for target in targets:
        tree = cargo("tree", "--locked", *workspace, "--edges", "normal", "--prefix", "none", "--target", target)
        found |= {tuple(line.split(" v")[:2]) for line in tree.splitlines() if " v" in line}
    return {(name, version.split()[0]) for name, version in found}


def sums():
    """Each crate's SHA-256, as Cargo.lock has it."""
    entry = re.compile(r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = "[^"]+"\nchecksum = "([0-9a-f]{64})"')
    return {(name, version): digest for name, version, digest in entry.findall((ROOT / "Cargo.lock").read_text())}


def component(package, checksums):
    """A crate as the bill names it."""
    key = (package["name"], package["version"])
    licences = LicenseFactory()
    expression = (package["license"] or "").replace("/", " OR ")
    return Component(
        name=key[0],
        version=key[1],
        type=ComponentType.LIBRARY,
        bom_ref=f"{key[0]}@{key[1]}",
        purl=PackageURL("cargo", name=key[0], version=key[1]),
        licenses=[licences.make_from_string(expression)] if expression else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksums[key])] if key in checksums else [],
    )


def texts(packages):
    """All licences' texts, each once, under the crates that come with it."""
    by_text = {}
    for package in packages:
        folder = Path(package["manifest_path"]).parent
        files = sorted(path for path in folder.iterdir() if path.is_file() and TEXTS.match(path.name))
        label = f"{package['name']} {package['version']} ({package['license'] or 'see the text'})"
        found = [path.read_text(errors="replace").strip() for path in files]
        for text in found or ["The crate comes without a text; its licence is the one named above."]:
            by_text.setdefault(text, []).append(label)
    parts = ["\n".join(sorted(labels)) + "\n\n" + text for text, labels in by_text.items()]
    return ("\n\n" + "=" * 80 + "\n\n").join(parts) + "\n"


def write(out, targets, workspace):
    """Writes sbom.cdx.json and LICENSES.txt into `out`; returns the version of the workspace."""
    packages = json.loads(cargo("metadata", "--locked", "--format-version", "1"))["packages"]
    inside = linked(targets, workspace)
    packages = [package for package in packages if (package["name"], package["version"]) in inside]
    packages.sort(key=lambda package: (package["name"], package["version"]))
    ours = [package for package in packages if package["source"] is None]
    others = [package for package in packages if package["source"] is not None]
    version = next(package["version"] for package in ours if package["name"] == "muster-domain")
    bom = Bom(components=[component(package, sums()) for package in others])
    stamp = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, text=True, capture_output=True)
    bom.metadata.timestamp = datetime.fromtimestamp(int(stamp.stdout), timezone.utc)
    bom.metadata.component = Component(name="muster", version=version, type=ComponentType.APPLICATION, bom_ref="muster")
    bom.register_dependency(bom.metadata.component, list(bom.components))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, sha256(ROOT / "Cargo.lock") + "".join(targets))
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise Fault(f"the bill of materials is not CycloneDX 1.6: {fault}")
    (out / "sbom.cdx.json").write_text(text + "\n")
    (out / "LICENSES.txt").write_text(texts(others))
    return version
