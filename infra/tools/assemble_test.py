"""Checks the assembler itself: what it makes of parts, and that it refuses what would be lost or ambiguous."""

import unittest

from assemble import LONGEST, Part, assembled
from told import Fault

ALARM = "# Alarms.\n\nResources:\n  # Late.\n  Late:\n    Type: AWS::CloudWatch::Alarm\n"


def parts(*texts):
    return [Part(f"infra/stack/{name}.yaml", text) for name, text in zip("abc", texts)]


class Assembling(unittest.TestCase):
    def refused(self, *texts):
        """The sentence with which these parts are refused."""
        with self.assertRaises(Fault) as caught:
            assembled(parts(*texts))
        return str(caught.exception)

    def test_sections_of_all_parts_come_together_with_their_comments(self):
        first = "# A.\nDescription: 'A'\n\nOutputs:\n  Url:\n    Value: !Ref Api\n\nResources:\n  Api:\n    Type: X\n"
        text = assembled(parts(first, ALARM)).split("\n", 1)[1]
        resources = "# infra/stack/a.yaml\n  Api:\n    Type: X\n\n# infra/stack/b.yaml\n" + ALARM.split("Resources:\n")[1]
        outputs = "# infra/stack/a.yaml\n  Url:\n    Value: !Ref Api\n"
        self.assertEqual(text, f"Description: 'A'\n\nResources:\n{resources}\nOutputs:\n{outputs}")

    def test_a_name_in_two_parts_is_refused_with_both_files(self):
        said = self.refused(ALARM, "# B.\nOutputs:\n  Late:\n    Value: x\n", ALARM)
        self.assertEqual(
            said, "infra/stack/a.yaml and infra/stack/c.yaml both define Late in Resources: rename or remove one of them"
        )

    def test_a_value_of_its_own_in_two_parts_is_refused_with_both_files(self):
        said = self.refused("# A.\nDescription: A\n", "# B.\nDescription: B\n")
        self.assertIn("infra/stack/a.yaml and infra/stack/b.yaml both define Description:", said)

    def test_a_name_twice_in_a_part_is_refused(self):
        self.assertIn("infra/stack/a.yaml defines Late twice in Resources", self.refused(ALARM + ALARM.split("\n", 3)[3]))

    def test_an_unknown_section_is_refused(self):
        said = self.refused(ALARM, "# B.\nResource:\n  Early:\n    Type: AWS::CloudWatch::Alarm\n")
        self.assertIn("infra/stack/b.yaml: Resource is no section of a template; these are: AWSTemplate", said)

    def test_a_section_twice_in_a_part_is_refused(self):
        self.assertIn("has the section Resources twice", self.refused(ALARM + "Resources:\n  Other:\n    Type: X\n"))

    def test_a_line_that_belongs_to_nothing_is_refused(self):
        for text in ("# A.\n  Late:\n", "# A.\nResources:\n   Late:\n", "# A.\nResources:\n- Late\n", "# A.\nResources:\n# Late\n"):
            self.assertRegex(self.refused(text), "infra/stack/a.yaml: line [23] is neither")

    def test_a_part_says_first_what_it_holds_and_ends_its_last_line(self):
        self.assertIn("begin it with a comment", self.refused(ALARM.removeprefix("# Alarms.\n")))
        self.assertIn("end its last line", self.refused(ALARM.removesuffix("\n")))

    def test_a_part_that_is_too_long_is_refused(self):
        self.assertIn(f"{LONGEST} is the limit: split it", self.refused(ALARM + "\n" * LONGEST))


if __name__ == "__main__":
    unittest.main()
