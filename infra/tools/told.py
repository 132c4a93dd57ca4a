"""What the tools have in common: how they speak, and how they end."""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Fault(Exception):
    """What is wrong, in a sentence that says what would do."""


def say(text):
    print(text, flush=True)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def run(main):
    """Runs `main`; a fault ends it with one sentence and status 1."""
    try:
        sys.exit(main())
    except Fault as fault:
        print(f"{Path(sys.argv[0]).stem}: {fault}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
