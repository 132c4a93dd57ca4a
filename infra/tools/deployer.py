"""Checks that infra/deploy-policy.json allows what the templates need, and the boundary what the roles do.

What a resource type takes is in its own schema, which cfn-lint brings along. `python deployer.py` prints faults;
with --write it also writes what each type takes, for the local system, which asks for just that.
"""

import json
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import cfnlint
from cfnlint.decode import decode
from rules import POLICY_LIMIT, listed, role_statements

INFRA = Path(__file__).resolve().parents[1]
LOCAL = INFRA.parent / "tests" / "ministack" / "permissions.json"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
# What schemas ask for parts of a type that Muster's templates do not use.
UNUSED = {
    "AWS::DynamoDB::Table": [
        "*Replica",
        "*Item",
        "dynamodb:Scan",
        "dynamodb:Query",
        "*Import*",
        "*KinesisStreaming*",
        "kinesis:*",
        "s3:*",
        "logs:*",
        "dynamodb:*ResourcePolicy",
        "*ContributorInsights",
        "dynamodb:ListTables",
        "kms:ListAliases",
        "kms:RevokeGrant",
        "kms:Encrypt",
        "kms:ReEncrypt*",
        "kms:Decrypt",
        "iam:CreateServiceLinkedRole",
    ],
    "AWS::Lambda::Function": [
        "ec2:*",
        "elasticfilesystem:*",
        "s3files:*",
        "s3:GetObjectVersion",
        "lambda:GetLayerVersion",
        "lambda:*CodeSigningConfig",
        "lambda:PassCapacityProvider",
        "lambda:PublishVersion",
        "lambda:PutRuntime*",
        "lambda:PutFunctionRecursionConfig",
        "lambda:PutFunctionScalingConfig",
        "lambda:AssociateRuntimeAlias",
    ],
    "AWS::Lambda::EventSourceMapping": [
        "kinesis:*",
        "kafka*",
        "secretsmanager:*",
        "sqs:*",
        "lambda:TagResource",
        "lambda:UntagResource",
        "dynamodb:*",
        "iam:PassRole",
        "kms:*",
    ],
    "AWS::Logs::LogGroup": [
        "firehose:*",
        "logs:*DataProtectionPolicy",
        "logs:*IndexPolic*",
        "logs:PutLogEvents",
        "s3:*",
        "logs:*BearerToken*",
        "logs:PutLogGroupDeletionProtection",
        "logs:CreateLogStream",
        "logs:*ResourcePolic*",
        "logs:DescribeLogStreams",
        "logs:CreateLogDelivery",
    ],
    "AWS::Events::EventBus": ["kms:*", "sqs:*", "logs:*"],
    "AWS::Events::Rule": ["iam:CreateServiceLinkedRole"],
    "AWS::Events::Connection": ["kms:*", "secretsmanager:DescribeSecret"],
    "AWS::IAM::Role": [
        "iam:*AttachRolePolicy",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:DeleteRolePermissionsBoundary",
    ],
    "AWS::IAM::ManagedPolicy": ["iam:Attach*", "iam:Detach*"],
    "AWS::KMS::Key": ["kms:EnableKey", "kms:DisableKey", "kms:DisableKeyRotation"],
    "AWS::SNS::Topic": ["iam:*"],
    "AWS::StepFunctions::StateMachine": ["s3:*", "kms:*", "states:PublishStateMachineVersion"],
    "AWS::Scheduler::Schedule": ["kms:*"],
    "AWS::ApiGatewayV2::Api": ["s3:*", "apigateway:PUT"],
    "AWS::ApiGatewayV2::Stage": [],
}
DEEDS = ("create", "update", "delete", "read")


def schemas(types):
    """What each handler of each type takes, less what Muster does not use."""
    found = {}
    for path in SCHEMAS.glob("*.json"):
        schema = json.loads(path.read_text())
        kind = schema.get("typeName") if isinstance(schema, dict) else None
        if kind in types and "handlers" in schema:
            unused = UNUSED.get(kind, [])
            found[kind] = {
                deed: sorted({p for p in takes.get("permissions", []) if not any(fnmatchcase(p, u) for u in unused)})
                for deed, takes in schema["handlers"].items()
                if deed in DEEDS
            }
    return found


def main():
    types, faults = set(), []
    template, _ = decode(str(INFRA / "muster.yaml"))
    types = {resource["Type"] for resource in template["Resources"].values()}
    taken = schemas(types)
    policy = json.loads((INFRA / "deploy-policy.json").read_text())
    granted = [action for statement in policy["Statement"] for action in listed(statement["Action"])]
    faults += [f"{kind}: cfn-lint has no schema that says what it takes" for kind in sorted(types - set(taken))]
    faults += [
        f"deploy-policy.json: {kind} takes {permission}"
        for kind, deeds in sorted(taken.items())
        for permission in sorted({permission for takes in deeds.values() for permission in takes})
        if not any(fnmatchcase(permission, pattern) for pattern in granted)
    ]
    size = len(json.dumps(policy, separators=(",", ":")))
    if size > POLICY_LIMIT:
        faults.append(f"deploy-policy.json: {size} characters, and {POLICY_LIMIT} is the limit of a managed policy")
    bound = json.loads((INFRA / "boundary-policy.json").read_text())
    within = {action for statement in bound["Statement"] for action in listed(statement["Action"])}
    does = {action for _, statement in role_statements(template) for action in listed(statement["Action"])}
    forwarder, _ = decode(str(INFRA / "forwarder.yaml"))
    does |= {action for _, statement in role_statements(forwarder) for action in listed(statement["Action"])}
    faults += [f"boundary-policy.json: does not have {action}, which a role does" for action in sorted(does - within)]
    faults += [f"boundary-policy.json: has {action}, which no role does" for action in sorted(within - does)]
    text = json.dumps(taken, indent=1, sort_keys=True) + "\n"
    if "--write" in sys.argv:
        LOCAL.write_text(text)
    elif not LOCAL.exists() or LOCAL.read_text() != text:
        faults.append(f"{LOCAL.name} is not what the schemas say: run deployer.py --write")
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
