"""What IAM has decided about roles, a line for each new kind of call.

An allowed call is on record with the names of all statements that allow it, a refused one with none. A line of another
shape says whose an access key is, for calls that are made to other services than this one.
"""

import json
from pathlib import Path

import services
from ministack import app as server
from ministack.core import iam_evaluator as iam
from ministack.services import iam as roles


class Record:
    def __init__(self, path):
        self.path = Path(path)
        # A reader finds the file before the first decision too.
        self.path.touch()
        self.seen = set()

    def note(self, **line):
        text = json.dumps(line)
        if text not in self.seen:
            self.seen.add(text)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(text + "\n")


def role_in(arn):
    """The name of the role that a session's ARN is of, if it is a role's."""
    return arn.split(":assumed-role/")[1].split("/")[0] if ":assumed-role/" in arn else None


def allowing(ctx, policies):
    """The names of all statements that allow a call."""
    statements = [statement for policy in policies for statement in policy]
    return sorted({statement.sid for statement in statements if iam._first_match(ctx, [statement], "Allow")})


def install(path):
    record = Record(path)
    evaluate, resolve, enforce, may = iam.evaluate, iam.resolve_principal, iam.enforce, services.may

    def evaluated(ctx, policies, *limits):
        result = evaluate(ctx, policies, *limits)
        role = role_in(ctx.principal_arn)
        if role and result.decision == "Allow":
            record.note(role=role, action=ctx.action, statements=allowing(ctx, policies))
        return result

    def resolved(access_key_id, *more):
        principal = resolve(access_key_id, *more)
        if role := role_in(getattr(principal, "arn", "")):
            record.note(role=role, key=access_key_id)
        return principal

    def enforced(access_key_id, action, service, region, resource_arn="*", service_context=None):
        refused = enforce(access_key_id, action, service, region, resource_arn, service_context)
        # finding-responder warms a connection by a call that names no resource; AWS refuses that before it asks IAM.
        named = resource_arn == "*" or resource_arn.startswith("arn:")
        role = role_in(refused.principal_arn) if named and isinstance(refused, iam.EvalResult) else None
        # A function that runs while its stack is deleted outlives its role, which then may do nothing.
        if role in roles._roles:
            record.note(role=role, action=action, statements=[])
        return refused

    def asked(role, action, *more):
        allowed = may(role, action, *more)
        if not allowed:
            record.note(role=role.split("/")[-1], action=action, statements=[])
        return allowed

    iam.evaluate, iam.resolve_principal, services.may = evaluated, resolved, asked
    iam.enforce = server.enforce = enforced
