"""What the tools have in common: how they speak, and how they end."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is published of infra/ beside the zips: templates that publishing fills in, and policies as they are.
TEMPLATES = ["muster.yaml", "forwarder.yaml"]
POLICIES = ["deploy-policy.json", "boundary-policy.json"]


# Where the console is, by partition.
CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def console(session, region):
    """The console's address for a Region."""
    return f"https://{region}.{CONSOLES.get(session.get_partition_for_region(region), CONSOLES['aws'])}"


class Fault(Exception):
    """What is wrong, in a sentence that says what would do."""


def say(text):
    print(text, flush=True)


def cargo(*command):
    return subprocess.run(["cargo", *command], cwd=ROOT, check=True, text=True, capture_output=True).stdout


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def refuse(reason):
    print(f"infra/{Path(sys.argv[0]).stem}: {reason}", file=sys.stderr)
    sys.exit(1)


def run(main):
    """Runs `main`; a fault ends it with one sentence and status 1."""
    try:
        sys.exit(main())
    except Fault as fault:
        refuse(fault)
    except OSError as error:
        refuse(f"{error.filename or 'a file'}: {error.strerror or error}")
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip()
        refuse(f"`{' '.join(map(str, error.cmd))}` fails{': ' + said if said else ''}")
    except KeyboardInterrupt:
        sys.exit(130)
