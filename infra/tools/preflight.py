"""Lists what an account still lacks for paging, in the order in which to see to it, before the launch or after.

Each line says what lacks, why it matters and where it is done. Status 0: nothing lacks that keeps a page from somebody.
"""

import argparse
import os
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from told import Fault, console, run, say

# Calls must not hang where a service is not to be had.
PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 2})
NOWHERE = "it cannot be asked"


class Account:
    """The account as one Region shows it."""

    def __init__(self, region):
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
        if not session.region_name:
            raise Fault("no Region: name one with --region, such as --region eu-west-1, or set AWS_REGION")
        self.session, self.region = session, session.region_name

    def __call__(self, service, operation, **given):
        return getattr(self.session.client(service, config=PATIENCE), operation)(**given)

    def page(self, path):
        return f"{console(self.session, self.region)}/{path.format(region=self.region)}"


def verified(account, identity):
    """Whether SES has verified this address or domain."""
    try:
        return account("sesv2", "get_email_identity", EmailIdentity=identity)["VerifiedForSendingStatus"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return False


def sender(account, given):
    """The address that pages come from, or its domain, is verified."""
    if any(verified(account, identity) for identity in (given.sender, given.sender.split("@")[-1])):
        return None
    return "SES has verified neither the sender's address nor its domain, so no mail goes out: verify one of them"


def mails(account, _given):
    """The account may write to people who are not verified."""
    if account("sesv2", "get_account")["ProductionAccessEnabled"]:
        return None
    return "the account is in the SES sandbox, so mail reaches verified addresses only: ask for production access"


def texts(account, _given):
    """The account may text any number."""
    if not account("sns", "get_sms_sandbox_account_status")["IsInSandbox"]:
        return None
    return "the account is in the SMS sandbox, so texts reach verified numbers only: ask to leave it"


def spending(account, _given):
    """A storm of texts does not meet the limit of a new account."""
    limit = account("sns", "get_sms_attributes")["attributes"].get("MonthlySpendLimit", "1")
    if float(limit) > 1:
        return None
    return f"texts stop, without an error, once they have cost {limit} US dollars in a month: ask for a higher limit"


def subscriptions(account, given):
    """Somebody hears the emergency topic and the owner's."""
    if not given.stack:
        return None
    pending = []
    stack = account("cloudformation", "describe_stacks", StackName=given.stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    for output in ("EmergencyTopicArn", "OwnerTopicArn"):
        if output not in outputs:
            return f"the stack {given.stack} is {stack['StackStatus']} and has no {output}: launch it first"
        attributes = account("sns", "get_topic_attributes", TopicArn=outputs[output])["Attributes"]
        if int(attributes.get("SubscriptionsConfirmed", 0)) < 1:
            pending.append(output.removesuffix("TopicArn").lower())
    if pending:
        return (
            f"nobody has confirmed to hear the topics ({', '.join(pending)}): open the link in the mails that SNS sent"
        )
    return None


def parameter(account, given, name):
    """The value of a parameter of the stack; none before it is launched."""
    if not given.stack:
        return None
    stack = account("cloudformation", "describe_stacks", StackName=given.stack)["Stacks"][0]
    values = {held["ParameterKey"]: held["ParameterValue"] for held in stack.get("Parameters", [])}
    return values.get(name)


def phone(account, given):
    """An emergency reaches a phone, and the phone takes texts."""
    number = given.emergency_phone or parameter(account, given, "EmergencyPhone")
    if not number:
        return "emergencies reach an email address only, and an email can wait until morning: set EmergencyPhone"
    if account("sns", "check_if_phone_number_is_opted_out", phoneNumber=number)["isOptedOut"]:
        return "the emergency phone has opted out of this account's texts: opt it in again"
    if not account("sns", "get_sms_sandbox_account_status")["IsInSandbox"]:
        return None
    verified = account("sns", "list_sms_sandbox_phone_numbers")["PhoneNumbers"]
    if {"PhoneNumber": number, "Status": "Verified"} in verified:
        return None
    return "the account is in the SMS sandbox, and the emergency phone is not verified there: verify it"


def page_action(account, given):
    """A person can ask for the team by a custom action of Security Hub."""
    action = parameter(account, given, "PageAction") or "none"
    try:
        account("securityhub", "describe_hub")
    except ClientError as error:
        if error.response["Error"]["Code"] in ("InvalidAccessException", "ResourceNotFoundException"):
            return (
                "Security Hub CSPM is not enabled in this Region, so it has no action that pages the team: "
                "leave PageAction at none"
            )
        raise
    if action == "none":
        return "Security Hub CSPM is enabled, and none of its custom actions pages the team: set PageAction to create"
    # An action of another Region is asked for there.
    if action == "create" or action.split(":")[3] != account.region:
        return None
    try:
        account("securityhub", "describe_action_targets", ActionTargetArns=[action])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        make = (
            "aws securityhub create-action-target --name 'Page the team' --description 'Asks Muster for the team' --id "
        )
        return (
            f"the stack's PageAction does not exist: run `{make}{action.split('/')[-1]}`, or set PageAction to create"
        )
    return None


def detectors(account, _given):
    """There is something that finds."""
    if account("guardduty", "list_detectors")["DetectorIds"]:
        return None
    return "GuardDuty is not enabled in this Region, so it finds nothing here: enable it, or rely on Security Hub"


def trails(account, _given):
    """CloudTrail tells EventBridge of calls that tamper with Muster."""
    if account("cloudtrail", "describe_trails")["trailList"]:
        return None
    return "no trail records this Region's calls, so nobody is told if somebody silences Muster: make a trail"


def manager(account, _given):
    """Incident Manager can be used; Muster does without it."""
    if account("ssm-incidents", "list_replication_sets")["replicationSetArns"]:
        return None
    return (
        "Incident Manager is not set up here, and new accounts cannot have it: "
        "Muster pages by its own path, nothing is to do"
    )


# In the order in which to see to them: what it is, whether pages fail without it, and where it is done.
CHECKS = [
    ("sender identity", True, sender, "ses/home?region={region}#/identities"),
    ("mail sandbox", True, mails, "ses/home?region={region}#/get-set-up"),
    ("subscriptions", True, subscriptions, "sns/v3/home?region={region}#/subscriptions"),
    ("SMS sandbox", True, texts, "sns/v3/home?region={region}#/mobile/text-messaging"),
    ("SMS spend limit", True, spending, "servicequotas/home/services/sns/quotas?region={region}"),
    ("emergency phone", False, phone, "sns/v3/home?region={region}#/mobile/text-messaging"),
    ("Security Hub action", False, page_action, "securityhub/home?region={region}"),
    ("GuardDuty", False, detectors, "guardduty/home?region={region}"),
    ("CloudTrail", False, trails, "cloudtrailv2/home?region={region}#/trails"),
    ("Incident Manager", False, manager, "systems-manager/incidents/home?region={region}"),
]


def main():
    parser = argparse.ArgumentParser(prog="infra/preflight", description=__doc__.splitlines()[0])
    parser.add_argument("--sender", required=True, help="the address that pages are to come from")
    parser.add_argument(
        "--emergency-phone", help="the phone number that emergencies are to reach, such as +14255550100"
    )
    parser.add_argument("--stack", help="the stack, once it is launched: its subscriptions are looked at too")
    parser.add_argument("--region", help="the Region of the stack")
    given = parser.parse_args()
    if given.sender.count("@") != 1 or " " in given.sender:
        raise Fault(f"--sender {quote(given.sender)}: a bare e-mail address such as muster@example.com")
    account = Account(given.region)
    lacking, number = 0, 0
    for name, grave, check, path in CHECKS:
        try:
            fault = check(account, given)
        except ClientError as error:
            fault = f"{NOWHERE}: {error.response['Error']['Code']}"
        except BotoCoreError as error:
            fault = f"{NOWHERE}: {type(error).__name__}"
        if fault is None:
            say(f"  ok  {name}")
            continue
        number += 1
        lacking += grave
        say(f"  {number}.{' needed' if grave else ' as you like'}: {name}: {fault}\n      {account.page(path)}")
    if lacking:
        say(f"\n{lacking} of these keep pages from people. See to them from the top; docs/OPERATIONS.md says how.")
    else:
        say("\nNothing lacks that would keep a page from somebody.")
    return 1 if lacking else 0


if __name__ == "__main__":
    run(main)
