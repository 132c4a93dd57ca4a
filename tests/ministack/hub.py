"""What the local cloud lacks of AWS for the template: Security Hub's custom actions, texts of topics, keys of items.

- `AWS::SecurityHub::ActionTarget` is made as Security Hub makes it: its id is at most 20 letters and digits and the
  only one of the account and Region, its name has at most 20 characters.
- A topic's text messages are listed with those that go to a number directly.
- IAM knows by which partition keys a call reads or writes a table's items (`dynamodb:LeadingKeys`).
"""

import json

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import sns
from ministack.services.cloudformation import provisioners

# Security Hub's limit for an action's id and for its name, in characters.
LONGEST = 20
made = set()


def checked(properties):
    action, name = properties["Id"], properties["Name"]
    if not (action.isascii() and action.isalnum() and len(action) <= LONGEST):
        raise ValueError(f"Invalid parameter 'Id': {action} is not of up to {LONGEST} alphanumeric characters")
    if not 0 < len(name) <= LONGEST:
        raise ValueError(f"Invalid parameter 'Name': {name} has more than {LONGEST} characters")


def create(_logical_id, properties, _stack, *_more):
    checked(properties)
    arn = f"arn:aws:securityhub:{get_region()}:{get_account_id()}:action/custom/{properties['Id']}"
    if arn in made:
        raise ValueError(f"ResourceConflictException: {arn} exists")
    made.add(arn)
    return arn, {"ActionTargetArn": arn}


def update(arn, _old, new, *_more):
    checked(new)
    return arn, {"ActionTargetArn": arn}


def delete(arn, _properties, *_more):
    made.discard(arn)


def texting(fan_out):
    """A topic's delivery, which also lists what it sends to phone numbers."""

    def fanned(topic_arn, message_id, message, subject, structure="", *more, **named):
        fan_out(topic_arn, message_id, message, subject, structure, *more, **named)
        topic = sns._topics.get(topic_arn) or {"subscriptions": []}
        for held in topic["subscriptions"]:
            if held["protocol"] == "sms":
                text = sns._resolve_message_for_protocol(message, structure, "sms")
                sent = {"PhoneNumber": held["endpoint"], "TopicArn": topic_arn, "SubscriptionArn": held["arn"]}
                sns._sms_log_for(held["endpoint"]).append({**sent, "MessageId": message_id, "Message": text})

    return fanned


def leading(context_of):
    """The condition keys of a call to DynamoDB, with the partition key of the one item that it is about."""

    def context(body):
        found = context_of(body)
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return found
        key = (request.get("Key") or request.get("Item") or {}) if isinstance(request, dict) else {}
        name = key.get("pk", {}).get("S")
        return {**found, "dynamodb:LeadingKeys": [name]} if name else found

    return context


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SecurityHub::ActionTarget"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }
    sns._fanout = texting(sns._fanout)
    iam_actions.dynamodb_service_context = leading(iam_actions.dynamodb_service_context)
