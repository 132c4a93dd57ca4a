"""MiniStack, nearer to AWS where Muster's stories depend on it.

- AWS is reached by TLS, so `aws:SecureTransport` is true. Here loopback stands for TLS; who wants to be taken for
  somebody without it sends `x-forwarded-proto: http`.
- Each decision of IAM about a role is on record, with every statement that would allow the call, or none if it is
  refused: a statement that no story needs is found by that (record.py; MUSTER_DECISIONS names the file).
- A statement can be left out of a role, to see what becomes of it (MUSTER_WITHOUT, such as `PagerRole/SendTexts`).
- Services ask IAM before they do something in a role's name (services.py).
- Conditions of a template know their Region and account, and may split a parameter.
- Waits of escalations can be ended (waits.py).
- CloudFormation acts with the permissions of whoever asked it to (deployer.py).
- Security Hub's custom actions and texts of topics are there (hub.py).
- What it would do again for each call and each item is done once (pace.py).
"""

import os
import sys
from contextvars import ContextVar

import deployer
import hub
import pace
import record
import services
import waits
from ministack import app as server
from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id, get_region

HEADER = b"x-forwarded-proto"
# The address of the caller, and whether the call came by TLS.
origin = ContextVar("ministack_request_origin", default=("127.0.0.1", True))


def over_tls(app):
    """Serves a request that does not say how it came as one that came by TLS."""

    async def served(scope, receive, send):
        if scope["type"] == "http" and all(name != HEADER for name, _ in scope["headers"]):
            scope["headers"] = [*scope["headers"], (HEADER, b"https")]
        await app(scope, receive, send)

    return served


def without(left_out, gather):
    """The policies of a role, less the statement that is left out, `PagerRole/SendTexts`."""
    role, sid = left_out.split("/")

    def gathered(name, account):
        policies = gather(name, account)
        if f"-{role}-" not in name:
            return policies
        return [[statement for statement in policy if statement.sid != sid] for policy in policies]

    return gathered


def split(expression, params):
    """A condition's expression with what AWS knows there and MiniStack does not: Region, account, Fn::Split."""
    if isinstance(expression, list):
        return [split(part, params) for part in expression]
    if not isinstance(expression, dict):
        return expression
    if expression == {"Ref": "AWS::Region"}:
        return get_region()
    if expression == {"Ref": "AWS::AccountId"}:
        return get_account_id()
    if list(expression) == ["Fn::Split"]:
        delimiter, source = expression["Fn::Split"]
        return str(params[source["Ref"]]["Value"]).split(delimiter)
    return {key: split(part, params) for key, part in expression.items()}


def splitting(evaluate):
    def evaluated(template, params):
        conditions = split(template.get("Conditions", {}), params)
        return evaluate({**template, "Conditions": conditions}, params)

    return evaluated


def main():
    iam._request_origin = origin
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack.services.cloudformation") and hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = splitting(module._evaluate_conditions)
    server.app = over_tls(server.app)
    pace.install()
    hub.install()
    deployer.install()
    services.install()
    waits.install(server)
    if left_out := os.environ.get("MUSTER_WITHOUT"):
        iam._gather_role_policies = without(left_out, iam._gather_role_policies)
    if path := os.environ.get("MUSTER_DECISIONS"):
        record.install(path)
    server.main()


if __name__ == "__main__":
    main()
