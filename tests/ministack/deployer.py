"""CloudFormation with the permissions of whoever asked it, as on AWS.

MiniStack makes a stack's resources in its own name. Here each handler first asks IAM's evaluator for every permission
that the resource's type takes (permissions.json, from the types' own schemas), about the ARN that the resource has or
will have, in the name of the one who called CloudFormation.
"""

import json
from contextvars import ContextVar
from pathlib import Path

from ministack import app as server
from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id
from ministack.services.cloudformation import provisioners

TAKES = json.loads((Path(__file__).parent / "permissions.json").read_text())
# ARNs by service, or by action where a service has several kinds; {name} is what CloudFormation calls the resource.
ARNS = {
    "apigateway": "arn:aws:apigateway:{region}::/apis/{name}",
    "cloudwatch": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "cloudwatch:PutDashboard": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "cloudwatch:GetDashboard": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "cloudwatch:DeleteDashboards": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "dynamodb": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "events": "arn:aws:events:{region}:{account}:rule/{name}",
    "iam": "arn:aws:iam::{account}:role/{name}",
    "kms": "arn:aws:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000",
    "kms:CreateKey": "*",
    "kms:ListAliases": "*",
    "lambda": "arn:aws:lambda:{region}:{account}:function:{name}",
    "logs": "arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{name}",
    "scheduler": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    "sns": "arn:aws:sns:{region}:{account}:{name}",
    "sqs": "arn:aws:sqs:{region}:{account}:{name}",
    "states": "arn:aws:states:{region}:{account}:stateMachine:{name}",
}
# Kinds whose calls go by another ARN than their service's first.
BY_KIND = {
    ("AWS::IAM::ManagedPolicy", "iam"): "arn:aws:iam::{account}:policy/{name}",
    ("AWS::Events::EventBus", "events"): "arn:aws:events:{region}:{account}:event-bus/{name}",
    ("AWS::Lambda::EventSourceMapping", "lambda"): "*",
}
# Lists that take no resource.
LISTS = ("logs:Describe", "cloudwatch:ListDashboards", "logs:GetDataProtectionPolicy")
PASSED_TO = {
    "AWS::Lambda::Function": "lambda.amazonaws.com",
    "AWS::StepFunctions::StateMachine": "states.amazonaws.com",
    "AWS::Scheduler::Schedule": "scheduler.amazonaws.com",
    "AWS::Events::Rule": "events.amazonaws.com",
}
deployer = ContextVar("deployer", default=None)


def known(enforce):
    """`enforce`, remembering who calls CloudFormation: what follows is done in that name."""

    def enforced(access_key_id, action, service, region, *rest, **named):
        refused = enforce(access_key_id, action, service, region, *rest, **named)
        if refused is None and action.startswith("cloudformation:"):
            account = get_account_id()
            checked = iam.authenticate(access_key_id or "", account)
            if not isinstance(checked, iam.AuthError):
                deployer.set((iam.resolve_principal(access_key_id or "", account, checked), region))
        return refused

    return enforced


def arn(kind, action, name, principal, region, properties):
    """What AWS would judge `action` by."""
    service = action.split(":")[0]
    if action == "iam:PassRole":
        return str(
            properties.get("Role") or properties.get("RoleArn") or (properties.get("Target") or {}).get("RoleArn")
        )
    if action == "s3:GetObject":
        code = properties.get("Code", {})
        return f"arn:aws:s3:::{code.get('S3Bucket')}/{code.get('S3Key')}"
    if action.startswith(LISTS):
        return "*"
    if name.startswith("arn:aws:") and name.split(":")[2] == service:
        return name
    if kind == "AWS::Logs::MetricFilter":
        name = properties.get("LogGroupName", name)
    if service == "logs" and name.startswith("/"):
        return f"arn:aws:logs:{region}:{principal.account}:log-group:{name}"
    pattern = BY_KIND.get((kind, service)) or ARNS.get(action) or ARNS.get(service, "*")
    return pattern.format(account=principal.account, region=region, name=name.split("/")[-1])


def ask(kind, deed, name, properties):
    """Refuses if the deployer lacks a permission that this deed takes."""
    who = deployer.get()
    if who is None or getattr(who[0], "policies", None) is None:
        return
    principal, region = who
    for action in TAKES.get(kind, {}).get(deed, []):
        if action == "iam:PassRole" and kind not in PASSED_TO:
            continue
        if action == "iam:PassRole" and not (
            properties.get("Role") or properties.get("RoleArn") or properties.get("Target")
        ):
            continue
        context = {"aws:calledvia": ["cloudformation.amazonaws.com"]}
        if bound := properties.get("PermissionsBoundary"):
            context["iam:permissionsboundary"] = bound
        if action == "iam:PassRole":
            context["iam:passedtoservice"] = PASSED_TO[kind]
        ctx = iam.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=action,
            resource_arn=arn(kind, action, name, principal, region, properties),
            region=region,
            service_context=context,
            principal_keys=principal.keys,
        )
        if iam.evaluate(ctx, principal.policies, *principal.limits).decision != "Allow":
            raise ValueError(
                f"User: {principal.arn} is not authorized to perform: {action} on resource: {ctx.resource_arn}"
            )


def asked(kind, deed, handler):
    """A resource's handler, after the deployer was asked."""

    def create(logical_id, properties, stack, *more):
        ask(kind, "create", f"{stack}-{logical_id}-0A1B2C3D4E5F", properties)
        return handler(logical_id, properties, stack, *more)

    def update(physical_id, old, new, *more):
        ask(kind, "update", physical_id, new)
        return handler(physical_id, old, new, *more)

    def delete(physical_id, properties, *more):
        ask(kind, "delete", physical_id, properties)
        return handler(physical_id, properties, *more)

    return {"create": create, "update": update, "delete": delete}[deed]


def install():
    iam.enforce = server.enforce = known(iam.enforce)
    for kind in TAKES:
        handlers = provisioners._RESOURCE_HANDLERS.get(kind, {})
        for deed in ("create", "update", "delete"):
            if deed in handlers:
                handlers[deed] = asked(kind, deed, handlers[deed])
