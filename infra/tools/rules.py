"""Rules of our own for the templates: what neither cfn-lint nor checkov sees.

Each rule is a function of a template that yields faults; `python rules.py infra/*.yaml` prints them all.
"""

import json
import re
import sys
from pathlib import Path

from cfnlint.decode import decode

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "OPERATIONS.md"
# Where AWS offers no resource to name, and why; anything else has to be named.
NAMELESS = {
    "guardduty:ListDetectors": "the call knows no resource",
    "securityhub:GetFindings": "Security Hub's policies take no resource",
    "xray:PutTraceSegments": "X-Ray knows no resource for what is traced",
    "xray:PutTelemetryRecords": "X-Ray knows no resource for what is traced",
    "xray:GetSamplingRules": "X-Ray knows no resource for what is traced",
    "xray:GetSamplingTargets": "X-Ray knows no resource for what is traced",
    "dynamodb:ListStreams": "the call knows no table",
    "ses:SendEmail": "SES picks the identity; the sender is named by a condition",
    "ses:GetAccount": "the call knows no resource",
    "ses:ListSuppressedDestinations": "the call knows no resource",
    "sns:GetSMSSandboxAccountStatus": "the call knows no resource",
    "sns:GetSMSAttributes": "the call knows no resource",
    "sns:ListPhoneNumbersOptedOut": "the call knows no resource",
    "ssm-incidents:ListReplicationSets": "the call knows no resource",
    "ssm-incidents:ListResponsePlans": "the call knows no resource",
    "ssm-contacts:ListContacts": "the call knows no resource",
    "ssm-contacts:ListEngagements": "the call knows no resource",
}
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|API_?KEY|CREDENTIAL")
# Secrets that are settings, each from a parameter that is never shown: the stack's own key encrypts the settings, and
# whoever reads a function's configuration without a right to that key does not see them.
SECRET_SETTINGS = {"MUSTER_WEBHOOK_SECRET": "WebhookSigningSecret"}
# The managed policies' own limit, white space aside, and an event pattern's.
POLICY_LIMIT, PATTERN_LIMIT = 6144, 2048


def listed(value):
    return value if isinstance(value, list) else [value]


def of(template, *types):
    for name, resource in template["Resources"].items():
        if resource["Type"] in types:
            yield name, resource.get("Properties", {})


def flat(value):
    """All branches of a value's conditions."""
    if isinstance(value, dict) and "Fn::If" in value:
        return [branch for part in value["Fn::If"][1:] for branch in flat(part)]
    if isinstance(value, list):
        return [branch for part in value for branch in flat(part)]
    return [] if value == {"Ref": "AWS::NoValue"} else [value]


def statements(document):
    return flat(document.get("Statement", [])) if isinstance(document, dict) else []


def role_statements(template):
    for name, role in of(template, "AWS::IAM::Role"):
        for policy in role.get("Policies", []):
            for statement in statements(policy["PolicyDocument"]):
                yield name, statement


def names(value, name):
    """Whether a value refers to a resource."""
    text = json.dumps(value)
    return f'"{name}"' in text or f'["{name}", ' in text or f'"{name}.' in text


def undelivered_is_kept(template):
    """A dead-letter queue and an explicit retry policy on whatever hands events over."""
    for name, rule in of(template, "AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        for target in listed(rule.get("Targets", rule.get("Target", []))):
            for part in ("DeadLetterConfig", "RetryPolicy"):
                if part not in target:
                    yield f"{name}: a target has no {part}"
    for name, mapping in of(template, "AWS::Lambda::EventSourceMapping"):
        needed = ["MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError"]
        needed += ["FunctionResponseTypes", "DestinationConfig"]
        yield from (f"{name}: no {part}" for part in needed if part not in mapping)
    called = [p.get("FunctionName") for _, p in of(template, "AWS::Lambda::EventInvokeConfig")]
    for name, _ in of(template, "AWS::Lambda::Function"):
        targets = [
            target
            for _, rule in of(template, "AWS::Events::Rule", "AWS::Scheduler::Schedule")
            for target in listed(rule.get("Targets", rule.get("Target", [])))
        ]
        if any(names(target.get("Arn"), name) for target in targets) and {"Ref": name} not in called:
            yield f"{name}: is called asynchronously and has no EventInvokeConfig"


def only_by_tls(template):
    """Each topic and queue refuses calls without TLS, and is encrypted with the stack's key."""
    kinds = {
        "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
        "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    }
    for kind, (policy_kind, part) in kinds.items():
        policies = [policy for _, policy in of(template, policy_kind)]
        for name, properties in of(template, kind):
            own = [s for p in policies if {"Ref": name} in p[part] for s in statements(p["PolicyDocument"])]
            refuses = [
                s
                for s in own
                if s["Effect"] == "Deny" and s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            ]
            if not refuses:
                yield f"{name}: no policy refuses calls without TLS"
            if properties.get("KmsMasterKeyId") != {"Fn::GetAtt": ["Key", "Arn"]}:
                yield f"{name}: is not encrypted with the stack's key"


def rules_reach_topics(template):
    """EventBridge publishes to a topic, and uses its key, without a context that a condition could be met by."""
    held = [("KeyPolicy", policy) for policy in of(template, "AWS::KMS::Key")]
    held += [("PolicyDocument", policy) for policy in of(template, "AWS::SNS::TopicPolicy")]
    for document, (name, properties) in held:
        for statement in statements(properties[document]):
            principal = statement.get("Principal")
            services = listed(principal.get("Service", [])) if isinstance(principal, dict) else []
            if "events.amazonaws.com" in services and "Condition" in statement:
                yield f"{name}: EventBridge meets no condition here, so nothing would arrive"


def wildcards_have_reasons(template):
    """`*` only where AWS offers no resource."""
    for name, statement in role_statements(template):
        sid = f"{name}, {statement.get('Sid')}"
        actions = listed(statement.get("Action", []))
        yield from (f"{sid}: the action {action} has a wildcard" for action in actions if "*" in action)
        if "NotAction" in statement:
            yield f"{sid}: NotAction"
        if "NotResource" in statement and actions != ["sns:Publish"]:
            yield f"{sid}: NotResource is for phone numbers alone, which have no ARN"
        if "*" in listed(statement.get("Resource", [])):
            yield from (f"{sid}: {action} takes a resource" for action in actions if action not in NAMELESS)


def roles_are_bounded(template):
    """Every role takes the boundary, names its statements, and uses the key through services only."""
    through = {"dynamodb": "dynamodb", "sns": "sns", "sqs": "sqs"}
    for name, role in of(template, "AWS::IAM::Role"):
        if "PermissionsBoundary" not in role:
            yield f"{name}: takes no permissions boundary"
        own = [statement for of_role, statement in role_statements(template) if of_role == name]
        sids = [statement.get("Sid") for statement in own]
        if None in sids or len(set(sids)) != len(sids):
            yield f"{name}: statements need Sids of their own"
        needed = set()
        for statement in own:
            for action in listed(statement["Action"]):
                service, call = action.split(":")
                if service in through and call in SEALED.get(service, [call] if service == "dynamodb" else []):
                    needed.add(service)
        if any(names(f.get("Role"), name) for _, f in of(template, "AWS::Lambda::Function")):
            needed.add("lambda")
        key = next((statement for statement in own if statement.get("Sid") == "UseKey"), None)
        said = key["Condition"]["StringEquals"]["kms:ViaService"] if key else []
        found = {via["Fn::Sub"].split(".")[0] for via in listed(said)}
        sealed = any(kind == "AWS::KMS::Key" for kind in (r["Type"] for r in template["Resources"].values()))
        if sealed and needed != found:
            yield f"{name}: uses the key through {sorted(found)}, and needs {sorted(needed)}"


# Calls that need the key of what they send to.
SEALED = {"sns": ["Publish"], "sqs": ["SendMessage"]}


def functions_are_watched(template):
    """Traced, logged under the key, with alarms."""
    groups = dict(of(template, "AWS::Logs::LogGroup"))
    for name, properties in groups.items():
        yield from (f"{name}: no {p}" for p in ("KmsKeyId", "RetentionInDays") if p not in properties)
    alarms = [properties for _, properties in of(template, "AWS::CloudWatch::Alarm")]
    for name, function in of(template, "AWS::Lambda::Function"):
        needed = ["TracingConfig", "LoggingConfig", "KmsKeyArn", "DeadLetterConfig", "ReservedConcurrentExecutions"]
        yield from (f"{name}: no {part}" for part in needed if part not in function)
        if function.get("LoggingConfig", {}).get("LogGroup") not in [{"Ref": group} for group in groups]:
            yield f"{name}: logs to no group of the stack"
        for metric in ("Errors", "Throttles"):
            own = [a for a in alarms if a["MetricName"] == metric and names(a.get("Dimensions"), name)]
            if not own:
                yield f"{name}: no alarm on {metric}"
    for name, _ in of(template, "AWS::SQS::Queue"):
        if name != "LambdaDeadLetterQueue" and not any(names(a.get("Dimensions"), name) for a in alarms):
            yield f"{name}: no alarm tells of what arrives"


def settings_hide_secrets(template):
    """No secret is among the settings of a function, but for those that are named here, encrypted and never shown."""
    for name, function in of(template, "AWS::Lambda::Function"):
        for variable, value in function["Environment"]["Variables"].items():
            parameter = SECRET_SETTINGS.get(variable)
            hidden = parameter and value == {"Ref": parameter} and template["Parameters"][parameter].get("NoEcho")
            if SECRET.search(variable) and not (hidden and "KmsKeyArn" in function):
                yield f"{name}: {variable} looks like a secret, and settings are none"


def dashboard_shows_all(template):
    """The dashboard has every alarm, what waits in every queue, and the log of every function."""
    for board, properties in of(template, "AWS::CloudWatch::Dashboard"):
        shown = [name for name, _ in of(template, "AWS::CloudWatch::Alarm", "AWS::SQS::Queue")]
        shown += [
            f["LoggingConfig"]["LogGroup"]["Ref"]
            for _, f in of(template, "AWS::Lambda::Function")
            if "LoggingConfig" in f
        ]
        text = json.dumps(properties)
        for name in shown:
            if not names(properties, name) and f"${{{name}." not in text:
                yield f"{board}: does not show {name}"


def queues_take_the_undelivered(template):
    """A queue of what a rule could not deliver lets that rule send."""
    policies = [policy for _, policy in of(template, "AWS::SQS::QueuePolicy")]
    for name, rule in of(template, "AWS::Events::Rule"):
        kept = [target["DeadLetterConfig"]["Arn"] for target in listed(rule["Targets"]) if "DeadLetterConfig" in target]
        for queue in [arn["Fn::GetAtt"][0] for arn in kept]:
            own = [s for p in policies if {"Ref": queue} in p["Queues"] for s in statements(p["PolicyDocument"])]
            if not any(s["Effect"] == "Allow" and names(s.get("Condition"), name) for s in own):
                yield f"{queue}: no policy lets {name} send what it could not deliver"


def alarms_tell_the_owner(template):
    if "OwnerTopic" in template["Resources"]:
        for name, alarm in of(template, "AWS::CloudWatch::Alarm"):
            if {"Ref": "OwnerTopic"} not in alarm.get("AlarmActions", []):
                yield f"{name}: does not tell the owner"
            if "AlarmDescription" not in alarm or "TreatMissingData" not in alarm:
                yield f"{name}: says neither what is wrong nor what silence means"


def alarms_are_explained(template):
    """docs/OPERATIONS.md explains every alarm, and no other, and marks those that tell the emergency topic."""
    if "OwnerTopic" not in template["Resources"]:
        return
    section = OPERATIONS.read_text().split("\n## Alarms\n")[1].split("\n## ")[0]
    cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| ") and "`" in row.split("|")[1]]
    explained = {name: "**!**" in cell for cell in cells for name in re.findall(r"`(\S+)`", cell)}
    found = set()
    for name, alarm in of(template, "AWS::CloudWatch::Alarm"):
        rows = [row for row in explained if row == name or (row[0] == "…" and name.endswith(row[1:]))]
        found.update(rows)
        if not rows:
            yield f"{name}: docs/OPERATIONS.md does not explain it"
        elif explained[rows[0]] != ({"Ref": "EmergencyTopic"} in alarm["AlarmActions"]):
            yield f"{name}: docs/OPERATIONS.md is wrong on whether it tells the emergency topic"
    for name in sorted(set(explained) - found):
        yield f"docs/OPERATIONS.md explains {name}, and no alarm has the name"


def state_is_kept(template):
    """Tables have the key, point-in-time recovery and deletion protection, and outlive the stack, as the key does."""
    for name, table in of(template, "AWS::DynamoDB::Table"):
        if "KMSMasterKeyId" not in table.get("SSESpecification", {}):
            yield f"{name}: is not encrypted with the stack's key"
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield f"{name}: has no point-in-time recovery"
        if "DeletionProtectionEnabled" not in table:
            yield f"{name}: has no deletion protection"
    kept = ["AWS::DynamoDB::Table"] + (["AWS::KMS::Key"] if any(of(template, "AWS::DynamoDB::Table")) else [])
    for name, resource in template["Resources"].items():
        if resource["Type"] in kept:
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                if resource.get(policy) != "Retain":
                    yield f"{name}: {policy} is not Retain"


def patterns_fit(template):
    """An event pattern has at most 2,048 characters once names and ARNs are filled in."""
    for name, rule in of(template, "AWS::Events::Rule"):
        text = json.dumps(rule.get("EventPattern", {}), separators=(",", ":"))
        # A reference becomes a name or an ARN of up to so many characters.
        text = re.sub(r'\{"(Ref|Fn::GetAtt)":("[^"]*"|\[[^\]]*\])\}', '"' + "x" * 110 + '"', text)
        text = re.sub(r'\{"Fn::Sub":"([^"]*)"\}', r'"\1"', text)
        text = re.sub(r"\$\{[^}]*\}", "x" * 28, text)
        if len(text) > PATTERN_LIMIT:
            yield f"{name}: its pattern may have {len(text)} characters, and {PATTERN_LIMIT} is the limit"


def policies_fit(template):
    for name, policy in of(template, "AWS::IAM::ManagedPolicy"):
        text = json.dumps(policy["PolicyDocument"], separators=(",", ":"))
        text = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", text)
        for part, size in [
            ("${AWS::Partition}", 10),
            ("${AWS::Region}", 14),
            ("${AWS::AccountId}", 12),
            ("${HttpApi}", 10),
        ]:
            text = text.replace(part, "x" * size)
        if len(text) > POLICY_LIMIT:
            yield f"{name}: {len(text)} characters, and {POLICY_LIMIT} is the limit"


def parameters_explain_themselves(template):
    """Each parameter has a group, a label, a description, and a sentence for a wrong value."""
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    parameters = template["Parameters"]
    if sorted(grouped) != sorted(parameters) or sorted(interface["ParameterLabels"]) != sorted(parameters):
        strange = set(grouped) ^ set(parameters) | set(interface["ParameterLabels"]) ^ set(parameters)
        yield f"parameters without a group or label, or the other way round: {sorted(strange)}"
    for name, parameter in parameters.items():
        if "Description" not in parameter:
            yield f"{name}: no description"
        bounded = {"AllowedPattern", "AllowedValues", "MinValue", "MinLength"} & set(parameter)
        if not bounded:
            yield f"{name}: takes anything"
        if bounded and "AllowedValues" not in parameter and "ConstraintDescription" not in parameter:
            yield f"{name}: no sentence for a wrong value"


RULES = [
    value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == __name__
]
HELPERS = {listed, of, flat, statements, role_statements, names}


def main():
    faults = 0
    for path in sys.argv[1:]:
        template, _ = decode(path)
        for rule in RULES:
            if rule not in HELPERS and rule is not main:
                for fault in rule(template):
                    print(f"{Path(path).name}: {fault} ({rule.__name__})")
                    faults += 1
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
