"""MiniStack, nearer to AWS where Muster's stories depend on it.

- AWS is reached by TLS, so `aws:SecureTransport` is true. Here loopback stands for TLS; who wants to be taken for
  somebody without it sends `x-forwarded-proto: http`.
- Each decision of IAM about a function's role is on record, with every statement that would allow the call: a
  statement that no story needs is found by that (MUSTER_DECISIONS names the file).
- Conditions of a template know their Region and account, and may split a parameter.
- CloudFormation acts with the permissions of whoever asked it to (deployer.py).
"""

import json
import os
import sys
from contextvars import ContextVar

from ministack.core import iam_evaluator as iam

iam._request_origin = ContextVar("ministack_request_origin", default=("127.0.0.1", True))

import deployer  # noqa: E402
from ministack import app as server  # noqa: E402
from ministack.core.responses import get_account_id, get_region  # noqa: E402

HEADER = b"x-forwarded-proto"


def over_tls(app):
    """Serves a request that does not say how it came as one that came by TLS."""

    async def served(scope, receive, send):
        if scope["type"] == "http" and all(name != HEADER for name, _ in scope["headers"]):
            scope["headers"] = [*scope["headers"], (HEADER, b"https")]
        await app(scope, receive, send)

    return served


def allowing(ctx, policies):
    """The names of all statements that allow a call."""
    return sorted(
        {
            statement.sid
            for policy in policies
            for statement in policy
            if iam._first_match(ctx, [statement], "Allow")
        }
    )


def on_record(path, judge):
    """`judge`, with each new kind of allowed call by a role written down in a line of its own."""
    seen = set()
    record = open(path, "a", buffering=1, encoding="utf-8")

    resolve = iam.resolve_principal

    def resolved(access_key_id, *more):
        principal = resolve(access_key_id, *more)
        if ":assumed-role/" in getattr(principal, "arn", "") and access_key_id not in seen:
            seen.add(access_key_id)
            role = principal.arn.split(":assumed-role/")[1].split("/")[0]
            record.write(json.dumps({"role": role, "key": access_key_id}) + "\n")
        return principal

    iam.resolve_principal = resolved

    def evaluate(ctx, policies, *limits):
        result = judge(ctx, policies, *limits)
        if result.decision == "Allow" and ":assumed-role/" in ctx.principal_arn:
            role = ctx.principal_arn.split(":assumed-role/")[1].split("/")[0]
            call = (role, ctx.action, *allowing(ctx, policies))
            if call not in seen:
                seen.add(call)
                line = {"role": role, "action": ctx.action, "statements": call[2:]}
                record.write(json.dumps(line) + "\n")
        return result

    return evaluate


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
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack.services.cloudformation") and hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = splitting(module._evaluate_conditions)
    server.app = over_tls(server.app)
    deployer.install()
    if path := os.environ.get("MUSTER_DECISIONS"):
        iam.evaluate = on_record(path, iam.evaluate)
    server.main()


if __name__ == "__main__":
    main()
