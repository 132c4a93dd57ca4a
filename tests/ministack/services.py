"""AWS's services in a role's name: what they do for a function or an escalation is asked of IAM first, as on AWS.

MiniStack judges calls that arrive by HTTP, and does by itself what services do among themselves. Here these ask IAM
too:

- Lambda, before it takes a function or what hands it events: whether the role may trace, keep what failed, read the
  stream and open the settings. Before it writes a log: whether the role may.
- Step Functions, before each task.
- DynamoDB, SNS and SQS, about what is encrypted: whether who calls may use the key through them.
"""

from contextvars import ContextVar

from ministack import app as server
from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb, lambda_svc, sns, sqs, stepfunctions
from ministack.services import iam as roles
from ministack.services.cloudformation import provisioners

# Which permissions for the key a call of these services takes of its caller.
KEY_USES = {
    "dynamodb": ("kms:Decrypt",),
    "lambda": ("kms:Decrypt",),
    "sns": ("kms:Decrypt", "kms:GenerateDataKey"),
    "sqs": ("kms:Decrypt", "kms:GenerateDataKey"),
}
# Of SNS and SQS, only these meet what is encrypted.
MESSAGES = ("sns:Publish", "sqs:SendMessage", "sqs:ReceiveMessage")
STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
escalating = ContextVar("escalating", default="")


def may(role, action, resource, context=None):
    """Whether the role with this ARN may do so."""
    account, name = role.split(":")[4], role.split("/")[-1]
    ctx = iam.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/service",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=context or {},
        principal_keys={},
    )
    limits = iam._permissions_boundary(roles._roles, name, account)
    return iam.evaluate(ctx, iam._gather_role_policies(name, account), *limits).decision == "Allow"


def demand(role, action, resource, context=None):
    if not (may(role, action, resource, context) and opens(role, action, resource)):
        raise ValueError(f"The provided execution role does not have permissions to call {action} on {resource}")


def via(service):
    return {"kms:viaservice": f"{service}.{get_region()}.amazonaws.com"}


def key_of(action, resource):
    """The ARN of the key that `resource` is encrypted with; none if the call does not meet what it encrypts."""
    service, name = action.split(":")[0], resource.split(":", 5)[-1]
    if service not in KEY_USES or resource == "*":
        return None
    if service == "dynamodb":
        table = dynamodb._tables.get(name.split("/")[1]) if "/" in name else None
        return ((table or {}).get("SSEDescription") or {}).get("KMSMasterKeyArn")
    if action not in MESSAGES:
        return None
    held = sns._topics.get(resource) if service == "sns" else queue(name)
    return ((held or {}).get("attributes") or {}).get("KmsMasterKeyId")


def queue(name):
    return next((held for held in sqs._queues.values() if held.get("name") == name), None)


def opens(role, action, resource):
    """Whether the role may use the key of what the call reads or writes, if it has one."""
    service, key = action.split(":")[0], key_of(action, resource)
    return not key or all(may(role, use, key, via(service)) for use in KEY_USES[service])


def with_keys(enforce):
    """`enforce`, which also asks for the key of what a role's call reads or writes."""

    def enforced(access_key_id, action, service, region, resource_arn="*", service_context=None):
        refused = enforce(access_key_id, action, service, region, resource_arn, service_context)
        if refused is not None or action.split(":")[0] not in KEY_USES:
            return refused
        arn = getattr(iam.resolve_principal(access_key_id or "", get_account_id()), "arn", "")
        if ":assumed-role/" not in arn:
            return None
        role = f"arn:aws:iam::{arn.split(':')[4]}:role/{arn.split('/')[1]}"
        if opens(role, action, resource_arn):
            return None
        return iam.EvalResult("ImplicitDeny", arn, "", "No matching Allow statement for the key")

    return enforced


def role_of(function):
    found, config, _ = lambda_svc._get_func_record_for_ref(function)
    return (config or found["config"])["Role"]


def taken(kind, properties):
    """Lambda's questions before it takes what CloudFormation asks it for."""
    if kind == "AWS::Lambda::Function":
        role = properties["Role"]
        if properties.get("TracingConfig", {}).get("Mode") == "Active":
            demand(role, "xray:PutTraceSegments", "*")
        if dead := properties.get("DeadLetterConfig", {}).get("TargetArn"):
            demand(role, "sqs:SendMessage", dead)
        if key := properties.get("KmsKeyArn"):
            demand(role, "kms:Decrypt", key, via("lambda"))
        return
    role = role_of(properties["FunctionName"])
    for failed in properties.get("DestinationConfig", {}).values():
        demand(role, "sqs:SendMessage", failed["Destination"])
    if stream := properties.get("EventSourceArn"):
        for action in STREAM:
            demand(role, action, stream)
        demand(role, "dynamodb:ListStreams", "*")


def asking(kind, handler, at):
    """A handler whose argument number `at` is the properties, after Lambda's questions."""

    def handle(*given):
        taken(kind, given[at])
        return handler(*given)

    return handle


def encrypting(create):
    """A topic's handler that keeps its key, which MiniStack's does not."""

    def created(logical_id, properties, *more):
        arn, *rest = create(logical_id, properties, *more)
        sns._topics[arn]["attributes"]["KmsMasterKeyId"] = properties.get("KmsMasterKeyId")
        return arn, *rest

    return created


def logging(write):
    def written(func, *rest, **named):
        config = func.get("config") or func
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        place = ":".join(config["FunctionArn"].split(":")[:5]).replace(":lambda:", ":logs:")
        arn = f"{place}:log-group:{group}:log-stream:x"
        if all(may(config["Role"], action, arn) for action in ("logs:CreateLogStream", "logs:PutLogEvents")):
            write(func, *rest, **named)

    return written


def executing(execute):
    def executed(state, given, execution, ctx):
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
        escalating.set(machine["roleArn"] if machine else "")
        return execute(state, given, execution, ctx)

    return executed


def task(invoke):
    """A task of an escalation, after IAM was asked."""

    def invoked(resource, given):
        calls = {"lambda:invoke": ("lambda:InvokeFunction", "FunctionName"), "sns:publish": ("sns:Publish", "TopicArn")}
        call = calls.get(resource.split(":::")[-1])
        role, resource_arn = escalating.get(), given[call[1]] if call else ""
        if call and role and not (may(role, call[0], resource_arn) and opens(role, call[0], resource_arn)):
            raise stepfunctions._ExecutionError("States.Permissions", f"{call[0]} is not allowed")
        return invoke(resource, given)

    return invoked


def install():
    iam.enforce = server.enforce = with_keys(iam.enforce)
    for kind in ("Function", "EventSourceMapping", "EventInvokeConfig"):
        handlers = provisioners._RESOURCE_HANDLERS[f"AWS::Lambda::{kind}"]
        for deed, at in (("create", 1), ("update", 2)):
            if deed in handlers:
                handlers[deed] = asking(f"AWS::Lambda::{kind}", handlers[deed], at)
    topics = provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"]
    topics["create"] = encrypting(topics["create"])
    lambda_svc._emit_lambda_logs = logging(lambda_svc._emit_lambda_logs)
    stepfunctions._execute_task = executing(stepfunctions._execute_task)
    stepfunctions._invoke_resource = task(stepfunctions._invoke_resource)
