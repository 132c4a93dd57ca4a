"""Imports the generated Python client and finds the module of each operation."""

import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
INTO = ROOT / ".local" / "ci" / "contract"
DOCUMENT = ROOT / "functions" / "roster-api" / "openapi.json"
PACKAGE = "muster_client"


def snake(name: str) -> str:
    """Converts a tag or an operation ID to the name of its module."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])| ", "_", name).lower()


def modules() -> dict[str, ModuleType]:
    """Imports all modules of the client. Returns them by name."""
    sys.path.insert(0, str(INTO))
    package = importlib.import_module(PACKAGE)
    found = pkgutil.walk_packages(package.__path__, f"{PACKAGE}.")
    return {module.name: importlib.import_module(module.name) for module in found}


def operations(document: Path = DOCUMENT) -> dict[str, ModuleType]:
    """Returns the module of each operation in the document, by operation ID."""
    named, found = modules(), {}
    for path in json.loads(document.read_text())["paths"].values():
        for operation in path.values():
            tag, name = operation["tags"][0], operation["operationId"]
            module = f"{PACKAGE}.api.{snake(tag)}.{snake(name)}"
            if module not in named:
                sys.exit(f"The client has no {module} for the operation {name}.")
            found[name] = named[module]
    return found


if __name__ == "__main__":
    count = len(operations(Path(sys.argv[1])))
    print(f"Python client: {len(modules())} modules imported, {count} operations")
