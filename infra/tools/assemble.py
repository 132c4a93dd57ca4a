"""Assembles infra/muster.yaml from the parts in infra/stack/, line by line, so that comments and tags stay.

`infra/assemble` writes the template. `infra/assemble --check` fails if the committed one is not what the parts give.
"""

import argparse
import re

from told import ROOT, Fault, run, say

STACK, TEMPLATE = ROOT / "infra" / "stack", ROOT / "infra" / "muster.yaml"
# The parts, in the order of their resources in the template.
PARTS = [
    "parameters",
    "tables",
    "findings",
    "paging",
    "api",
    "reports",
    "reviews",
    "owner",
    "announce",
    "incident-manager-sync",
    "incident-manager-mirror",
    "api-policies",
    "emergency",
    "alarms-emergency",
    "alarms-owner",
    "tamper",
    "dashboard",
]
# The sections, in their order in the template. A story reads the parameters up to the conditions.
SECTIONS = ["AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Conditions", "Mappings", "Rules"]
SECTIONS += ["Resources", "Outputs"]
LONGEST = 400
# The lists that parts ask for with `!All NAME`: each resource of a type in which the pattern finds something, and how
# the list refers to that. rules.py compares the assembled lists with the resources.
LISTS = {
    "alarms": ("AWS::CloudWatch::Alarm", r"^  (\w+):", "!GetAtt {}.Arn"),
    "function-logs": ("AWS::Lambda::Function", r"LoggingConfig: { LogGroup: !Ref (\w+) }", "!Ref {}"),
    "undelivered-rules": (
        "AWS::Events::Rule",
        r"^  (\w+):(?=(?s:.)*DeadLetterConfig: { Arn: !GetAtt UndeliveredEventsQueue.Arn })",
        "!GetAtt {}.Arn",
    ),
}
HEAD = "# Assembled from infra/stack/ by infra/assemble. Edit the parts, not this file.\n"


class Part:
    """A file of infra/stack/: its sections' lines, and what each section defines."""

    def __init__(self, file, text):
        self.file, self.sections, self.defines = file, {}, set()
        lines = text.split("\n")
        if not lines[0].startswith("# "):
            raise Fault(f"{file}: begin it with a comment that says in one sentence what it holds")
        if lines.pop():
            raise Fault(f"{file}: end its last line")
        if len(lines) > LONGEST:
            raise Fault(f"{file} has {len(lines)} lines, and {LONGEST} is the limit: split it")
        section = None
        for number, line in enumerate(lines, 1):
            if found := re.match(r"(\w+):( |$)", line):
                section = found[1]
                self.open(section, line)
            elif section is None and re.match(r"#|$", line):
                continue
            elif section and re.match(r"  #|    |$", line):
                self.sections[section].append(line)
            elif section and (found := re.match(r"  ([\w:]+):( |$)", line)):
                self.define(section, found[1])
                self.sections[section].append(line)
            else:
                raise Fault(
                    f"{file}: line {number} is neither a section, nor a name of two blanks' indent, nor below one"
                )

    def open(self, section, line):
        if section not in SECTIONS:
            raise Fault(f"{self.file}: {section} is no section of a template; these are: {', '.join(SECTIONS)}")
        if section in self.sections:
            raise Fault(f"{self.file} has the section {section} twice: put the two together")
        self.sections[section] = []
        if line != f"{section}:":
            self.define(section, section)
            self.sections[section].append(line)

    def define(self, section, name):
        if (section, name) in self.defines:
            raise Fault(f"{self.file} defines {name} twice in {section}: rename or remove one of them")
        self.defines.add((section, name))


def parts(folder=STACK):
    """Reads all parts, in order."""
    there = {path.stem for path in folder.glob("*.yaml")}
    for name in sorted(there - set(PARTS)):
        raise Fault(f"infra/stack/{name}.yaml: add {name} to PARTS in infra/tools/assemble.py, in its place")
    for name in sorted(set(PARTS) - there):
        raise Fault(
            f"infra/stack/{name}.yaml is missing: write it, or remove {name} from PARTS in infra/tools/assemble.py"
        )
    return [Part(f"infra/stack/{name}.yaml", (folder / f"{name}.yaml").read_text()) for name in PARTS]


def refuse_duplicates(found):
    """Refuses what two parts define."""
    owners = {}
    for part in found:
        for section, name in sorted(part.defines):
            other = owners.setdefault((section, name), part)
            if other is not part:
                where = f" in {section}" if name != section else ""
                raise Fault(f"{other.file} and {part.file} both define {name}{where}: rename or remove one of them")


def all_lists(found):
    """Returns each list's items, in the order of the resources; an item of a conditional resource has its condition."""
    items = {name: [] for name in LISTS}
    for part in found:
        for resource in re.split(r"\n(?=  \w)", "\n".join(part.sections.get("Resources", []))):
            own = dict(re.findall(r"(?m)^    (Type|Condition): (\S+)$", resource))
            for name, (kind, pattern, form) in LISTS.items():
                if own.get("Type") == kind and (match := re.search(pattern, resource, re.MULTILINE)):
                    item = form.format(match[1])
                    condition = own.get("Condition")
                    items[name].append(f"!If [{condition}, {item}, !Ref AWS::NoValue]" if condition else item)
    return items


def filled(part, section, lists):
    """Returns a section's text, with the items of a list in the place of each `!All`."""
    text = []
    for line in part.sections[section]:
        if not re.match(r"[^#]*!All\b", line):
            text.append(line)
        else:
            asked = re.fullmatch(r"( *)(- |[\w:]+: )!All (\S+)", line)
            if not asked or asked[3] not in LISTS:
                raise Fault(f"{part.file}: `{line.strip()}` must end in `!All` and one of {', '.join(LISTS)}")
            blanks, key, items = asked[1], asked[2].rstrip(), lists[asked[3]]
            if not items:
                raise Fault(f"{part.file}: `{line.strip()}` asks for a list that no part has anything for")
            begin = f"{blanks}- - " if key == "-" else f"{blanks}{key}\n{blanks}  - "
            text.append(begin + f"\n{blanks}  - ".join(items))
    return "\n".join(text).strip("\n")


def assembled(found):
    """Returns the template's text."""
    refuse_duplicates(found)
    text, lists = HEAD, all_lists(found)
    for section in SECTIONS:
        bodies = [(part, filled(part, section, lists)) for part in found if section in part.sections]
        if any((section, section) in part.defines for part, _ in bodies):
            text += "".join(f"{body}\n" for _, body in bodies)
        elif bodies:
            text += f"\n{section}:\n" + "\n".join(f"# {part.file}\n{body}\n" for part, body in bodies)
    return text


def main():
    parser = argparse.ArgumentParser(prog="infra/assemble", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="writes nothing, and fails if infra/muster.yaml differs")
    given = parser.parse_args()
    text = assembled(parts())
    if not given.check:
        TEMPLATE.write_text(text)
        say(f"wrote infra/muster.yaml from {len(PARTS)} parts")
    elif TEMPLATE.read_text() != text:
        raise Fault("infra/muster.yaml is not what infra/stack/ gives: edit the parts, run infra/assemble, commit both")


if __name__ == "__main__":
    run(main)
