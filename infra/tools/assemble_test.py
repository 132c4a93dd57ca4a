"""Checks the assembler itself: what it makes of parts, and that it refuses what would be lost or ambiguous."""

import tempfile
import unittest
from pathlib import Path

import assemble
from assemble import LONGEST, PARTS, Part, assembled
from told import Fault

BOARD = "# Board.\nResources:\n  Board:\n    Type: AWS::CloudWatch::Dashboard\n    Properties:\n"
FUNCTION = "# F.\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Condition: On\n    Properties:\n"
FUNCTION += "      LoggingConfig: { LogGroup: !Ref FLogs }\n"
ALARM = "# Alarms.\n\nResources:\n  # Late.\n  Late:\n    Type: AWS::CloudWatch::Alarm\n"


def parts(*texts):
    return [Part(f"infra/stack/{name}.yaml", text) for name, text in zip("abc", texts, strict=False)]


class Assembling(unittest.TestCase):
    def refused(self, *texts):
        """The sentence with which these parts are refused."""
        with self.assertRaises(Fault) as caught:
            assembled(parts(*texts))
        return str(caught.exception)

    def test_sections_of_all_parts_come_together_with_their_comments(self):
        first = "# A.\nDescription: 'A'\n\nOutputs:\n  Url:\n    Value: !Ref Api\n\nResources:\n  Api:\n    Type: X\n"
        text = assembled(parts(first, ALARM)).split("\n", 1)[1]
        resources = (
            "# infra/stack/a.yaml\n  Api:\n    Type: X\n\n# infra/stack/b.yaml\n" + ALARM.split("Resources:\n")[1]
        )
        outputs = "# infra/stack/a.yaml\n  Url:\n    Value: !Ref Api\n"
        self.assertEqual(text, f"Description: 'A'\n\nResources:\n{resources}\nOutputs:\n{outputs}")

    def test_a_list_has_what_all_parts_have_with_conditions(self):
        asks = "      # Not !All that is said.\n      Logs: !All function-logs\n"
        asks += "      Alarms: !Join\n        - ','\n        - !All alarms\n"
        more = "# D.\nResources:\n  Later:\n    Type: AWS::CloudWatch::Alarm\n    Condition: On\n"
        text = assembled([*parts(BOARD + asks, ALARM, FUNCTION), Part("infra/stack/d.yaml", more)])
        self.assertIn("Logs:\n        - !If [On, !Ref FLogs, !Ref AWS::NoValue]\n      Alarms:", text)
        later = "!If [On, !GetAtt Later.Arn, !Ref AWS::NoValue]"
        self.assertIn(f"        - ','\n        - - !GetAtt Late.Arn\n          - {later}\n", text)
        self.assertIn("# Not !All that is said.", text)

    def test_a_list_that_cannot_be_made_is_refused(self):
        self.assertIn("a.yaml: `A: !All alarm` must end in", self.refused(BOARD + "      A: !All alarm\n"))
        self.assertIn("must end in `!All` and one of alarms,", self.refused(BOARD + "      A: [!All alarms]\n", ALARM))
        self.assertIn("no part has anything for", self.refused(BOARD + "      A: !All alarms\n"))

    def test_a_name_in_two_parts_is_refused_with_both_files(self):
        said = self.refused(ALARM, "# B.\nOutputs:\n  Late:\n    Value: x\n", ALARM)
        self.assertEqual(
            said,
            "infra/stack/a.yaml and infra/stack/c.yaml both define Late in Resources: rename or remove one of them",
        )

    def test_a_value_of_its_own_in_two_parts_is_refused_with_both_files(self):
        said = self.refused("# A.\nDescription: A\n", "# B.\nDescription: B\n")
        self.assertIn("infra/stack/a.yaml and infra/stack/b.yaml both define Description:", said)

    def test_a_name_twice_in_a_part_is_refused(self):
        self.assertIn(
            "infra/stack/a.yaml defines Late twice in Resources", self.refused(ALARM + ALARM.split("\n", 3)[3])
        )

    def test_an_unknown_section_is_refused(self):
        said = self.refused(ALARM, "# B.\nResource:\n  Early:\n    Type: AWS::CloudWatch::Alarm\n")
        self.assertIn("infra/stack/b.yaml: Resource is no section of a template; these are: AWSTemplate", said)

    def test_a_section_twice_in_a_part_is_refused(self):
        self.assertIn("has the section Resources twice", self.refused(ALARM + "Resources:\n  Other:\n    Type: X\n"))

    def test_a_line_that_belongs_to_nothing_is_refused(self):
        for text in (
            "# A.\n  Late:\n",
            "# A.\nResources:\n   Late:\n",
            "# A.\nResources:\n- Late\n",
            "# A.\nResources:\n# Late\n",
        ):
            self.assertRegex(self.refused(text), "infra/stack/a.yaml: line [23] is neither")

    def test_a_part_says_first_what_it_holds_and_ends_its_last_line(self):
        self.assertIn("begin it with a comment", self.refused(ALARM.removeprefix("# Alarms.\n")))
        self.assertIn("end its last line", self.refused(ALARM.removesuffix("\n")))

    def test_a_part_that_is_too_long_is_refused(self):
        self.assertIn(f"{LONGEST} is the limit: split it", self.refused(ALARM + "\n" * LONGEST))

    def test_every_file_is_a_part_and_every_part_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in PARTS:
                (Path(folder) / f"{name}.yaml").write_text(f"# {name}.\n")
            self.assertEqual(len(assemble.parts(Path(folder))), len(PARTS))
            (Path(folder) / "new.yaml").write_text(ALARM)
            with self.assertRaisesRegex(Fault, "infra/stack/new.yaml: add new to PARTS"):
                assemble.parts(Path(folder))
            (Path(folder) / "new.yaml").rename(Path(folder) / "tables.yaml")
            (Path(folder) / "tamper.yaml").unlink()
            with self.assertRaisesRegex(Fault, "infra/stack/tamper.yaml is missing"):
                assemble.parts(Path(folder))


if __name__ == "__main__":
    unittest.main()
