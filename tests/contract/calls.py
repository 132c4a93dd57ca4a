"""Calls the API with the generated client: typed arguments in, models out.

Usage: `tests/contract/calls <base URL>`. Signs requests with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_SESSION_TOKEN (optional), and AWS_REGION. Creates entries and deletes them. Waits for an open incident, then
acknowledges and resolves it.
"""

import enum
import functools
import inspect
import json
import os
import sys
import time
import typing
import uuid
from datetime import datetime
from typing import Any

import generated
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

OPERATIONS = generated.operations()
CLIENT = sys.modules[f"{generated.PACKAGE}.client"]
FILE = sys.modules[f"{generated.PACKAGE}.types"].File
EVENT = generated.ROOT / "events" / "guardduty" / "high-crypto-mining.json"
# Minimum number of different operations that must succeed.
LEAST = 20
# Maximum seconds until an open incident or a new drill is listed.
PATIENCE = 60
# Makes the IDs of this run's entries unique.
RUN = uuid.uuid4().hex[:8]
# Operations without parameters, and without effects.
REPORTS = (
    "checkResponsePlan",
    "getCoverageReport",
    "getHealth",
    "getIncidentManagerStatus",
    "getOpenApiDocument",
    "getPolicy",
    "getReadiness",
    "getResponsePlan",
    "getResponsePlanSettings",
    "listChangeRequests",
    "listChanges",
    "listPolicyChanges",
    "listResponsePlanSettingsChanges",
    "listReviews",
    "listRoles",
)


class Signature(httpx.Auth):
    """AWS Signature Version 4 for the service execute-api."""

    requires_request_body = True

    def __init__(self) -> None:
        keys = (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        credentials = Credentials(*keys, os.environ.get("AWS_SESSION_TOKEN"))
        self.signer = SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"])

    def auth_flow(self, request: httpx.Request) -> typing.Generator[httpx.Request, httpx.Response, None]:
        signed = AWSRequest(request.method, str(request.url), data=request.content)
        self.signer.add_auth(signed)
        request.headers.update(dict(signed.headers))
        yield request


def typed(annotation: Any, value: Any) -> Any:
    """Converts the value to the enumeration or model of the parameter. Fails if the model drops a field."""
    for kind in typing.get_args(annotation) or (annotation,):
        if not inspect.isclass(kind):
            continue
        if issubclass(kind, enum.Enum) and isinstance(value, str):
            return kind(value)
        if hasattr(kind, "from_dict") and isinstance(value, dict):
            model = kind.from_dict(value)
            assert same(plain(model), value), f"{kind.__name__} loses a part of {value}: {plain(model)}"
            return model
    return value


def plain(parsed: Any) -> Any:
    """Returns the JSON value of a parsed answer."""
    if isinstance(parsed, list):
        return [plain(item) for item in parsed]
    if isinstance(parsed, enum.Enum):
        return parsed.value
    return parsed.to_dict() if hasattr(parsed, "to_dict") else parsed


def instant(text: str) -> datetime | None:
    """Returns the time in the text, cut to microseconds (the precision of datetime), or None."""
    try:
        whole, _, fraction = text.removesuffix("Z").removesuffix("+00:00").partition(".")
        return datetime.fromisoformat(f"{whole}.{(fraction + '000000')[:6]}+00:00")
    except ValueError:
        return None


def same(one: Any, other: Any) -> bool:
    """Compares two JSON values. Two forms of the same time are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return instant(one) is not None and instant(one) == instant(other)
    return one == other


class Api:
    """Makes calls and counts them."""

    def __init__(self, url: str) -> None:
        # The functions require a token. The signature replaces it in the Authorization header.
        self.client = CLIENT.AuthenticatedClient(
            base_url=url,
            token="none",
            timeout=httpx.Timeout(30),
            httpx_args={"auth": Signature()},
        )
        self.calls = 0
        self.failed = 0
        self.succeeded: set[str] = set()

    def call(self, operation: str, status: int, **arguments: Any) -> Any:
        """Calls the operation's function, checks the status and the parsed answer, and returns the answer."""
        self.calls += 1
        try:
            answer = self.answer(operation, status, arguments)
        except Exception as error:
            self.failed += 1
            print(f"{operation}: FAILED: {type(error).__name__}: {error}")
            raise
        self.succeeded.add(operation)
        print(f"{operation}: {status} {type(answer).__name__}")
        return answer

    def answer(self, operation: str, status: int, arguments: dict[str, Any]) -> Any:
        function = OPERATIONS[operation].sync_detailed
        hints = typing.get_type_hints(function)
        given = {name: typed(hints[name], value) for name, value in arguments.items()}
        response = function(client=self.client, **given)
        assert response.status_code == status, f"{response.status_code.value} {response.content[:2000]!r}"
        if not response.content:
            return None
        assert response.parsed is not None, f"not parsed: {response.content[:2000]!r}"
        if response.headers["content-type"].partition(";")[0].endswith("json"):
            sent, kept = json.loads(response.content), plain(response.parsed)
            assert same(sent, kept), f"{sent} is parsed as {kept}"
        return response.parsed

    def items(self, operation: str, **arguments: Any) -> list[Any]:
        """Returns the items of all pages. A page can be empty and still have a next page."""
        page = self.call(operation, 200, **arguments)
        found = [*page.items]
        while isinstance(page.next_cursor, str):
            page = self.call(operation, 200, cursor=page.next_cursor, **arguments)
            found += page.items
        return found

    def wait(self, operation: str, found: typing.Callable[[Any], bool], **arguments: Any) -> Any:
        """Repeats the call until its answer passes the test."""
        deadline = time.monotonic() + PATIENCE
        while not found(answer := self.call(operation, 200, **arguments)):
            assert time.monotonic() < deadline, f"{operation} has no such answer after {PATIENCE} seconds"
            time.sleep(1)
        return answer


def contacts(api: Api) -> None:
    draft = {
        "id": f"ada-{RUN}",
        "name": f"Ada {RUN}",
        "roles": ["subject_matter_expert"],
        "time_zone": "Europe/London",
        "availability": [{"days": ["mon", "tue"], "from": "08:00", "to": "18:00"}],
        "channels": [
            {"type": "email", "address": "ada@lane.example.com"},
            {"type": "sms", "address": "+14255550101"},
        ],
    }
    made = api.call("createContact", 201, body=draft)
    ada = made.id
    assert ada == draft["id"], made
    assert api.call("getContact", 200, id=ada).version == made.version
    found = api.items("listContacts", role="subject_matter_expert", q=RUN, limit=10)
    assert [contact.id for contact in found] == [ada], found
    changed = api.call("updateContact", 200, id=ada, body={"department": "Security"}, if_match=f'"{made.version}"')
    assert changed.department == "Security", changed
    leave = {**draft, "availability": "24/7", "status": {"on_leave": {"until": "2099-12-31"}}}
    replaced = api.call("replaceContact", 200, id=ada, body=leave, allow_gaps=True, reason="contract")
    assert replaced.status.on_leave.until.isoformat() == "2099-12-31", replaced
    api.call("listContactChanges", 200, id=ada)
    revealed = api.call("revealContactChannels", 200, id=ada)
    assert [channel.address for channel in revealed] == ["ada@lane.example.com", "+14255550101"], revealed
    api.call("getContactChannelStatus", 200, id=ada)
    export = api.call("exportContacts", 200, format_="json")
    assert any(contact.id == ada for contact in export), export
    api.call("requestReviews", 202, body={"subjects": [f"contact:{ada}"]})
    invalid = api.call("updateContact", 422, id=ada, body={"time_zone": "Mars/Olympus"})
    assert [error.field for error in invalid.errors] == ["time_zone"], invalid
    api.call("deleteContact", 204, id=ada, allow_gaps=True, reason="contract")
    assert api.call("getContact", 404, id=ada).type_.endswith("not-found")


def external_resources(api: Api) -> None:
    draft = {
        "id": f"authority-{RUN}",
        "organization": "Data Protection Authority",
        "type": "regulator",
        "contact_email": "breach@authority.example.org",
        "time_zone": "Europe/Berlin",
    }
    made = api.call("createExternalResource", 201, body=draft)
    api.call("getExternalResource", 200, id=made.id)
    api.call("updateExternalResource", 200, id=made.id, body={"contract_number": "C-2026-0042"})
    api.call("listExternalResources", 200, type_="regulator", limit=10)
    api.call("listExternalResourceChanges", 200, id=made.id)
    api.call("deleteExternalResource", 204, id=made.id)


def escalation_plans(api: Api) -> None:
    draft = {
        "id": f"plan-{RUN}",
        "name": f"Plan {RUN}",
        "incident_types": ["penetration_test"],
        "min_severity": "critical",
        "steps": [
            {"after_minutes": 0, "targets": ["severity_team"]},
            {"after_minutes": 10, "targets": ["role:technical_lead"], "channels": ["voice", "sms"]},
        ],
    }
    made = api.call("createEscalationPlan", 201, body=draft, allow_gaps=True, reason="contract")
    api.call("getEscalationPlan", 200, id=made.id)
    api.call("listEscalationPlans", 200, limit=10)
    api.call("deleteEscalationPlan", 204, id=made.id, allow_gaps=True, reason="contract")


def previews(api: Api) -> None:
    team = api.call("previewTeam", 200, incident_type="malware", severity="high", account="111122223333")
    assert team.severity.value == "high", team
    [simulated] = api.call("simulateFinding", 200, body=json.loads(EVENT.read_text()))
    assert simulated.severity.value == "high", simulated


def is_open(incident: Any) -> bool:
    return incident.status.value == "open"


def incidents(api: Api) -> None:
    page = api.wait("listIncidents", lambda page: any(is_open(incident) for incident in page.items), limit=50)
    incident_id = next(incident.id for incident in page.items if is_open(incident))
    assert api.call("getIncident", 200, id=incident_id).timeline, incident_id
    acknowledged = api.call("acknowledgeIncident", 200, id=incident_id)
    assert acknowledged.status.value == "acknowledged", acknowledged
    assert api.call("resolveIncident", 200, id=incident_id).status.value == "resolved"
    events = {str(plain(entry.event)) for entry in api.call("getIncident", 200, id=incident_id).timeline}
    assert {"opened", "acknowledged", "resolved"} <= events, events
    assert api.call("acknowledgeIncident", 409, id=incident_id).type_.endswith("already-resolved")


def evidence(api: Api) -> None:
    package = api.call("getEvidencePackage", 200)
    assert isinstance(package, FILE), package
    assert package.payload.read(2) == b"PK", package


def drills(api: Api) -> None:
    drill_id = api.call("startDrill", 202, body={"mode": "dry_run", "severity": "high"}).id
    api.wait("listDrills", lambda page: any(drill.id == drill_id for drill in page.items), limit=50)
    assert api.call("getDrill", 200, id=drill_id).mode.value == "dry_run", drill_id


def main() -> None:
    [url] = sys.argv[1:]
    api = Api(url.rstrip("/"))
    parts = [functools.partial(Api.call, operation=operation, status=200) for operation in REPORTS]
    parts += [contacts, external_resources, escalation_plans, previews, incidents, drills, evidence]
    for part in parts:
        failed = api.failed
        try:
            part(api)
        except Exception as error:
            # A failed call is already counted and printed, a failed assertion about its answer is not.
            if api.failed == failed:
                api.failed += 1
                print(f"{part.__name__}: FAILED: {type(error).__name__}: {error}")
    print(f"{api.calls} calls, {api.failed} failed")
    if api.failed or len(api.succeeded) < LEAST:
        sys.exit(f"a call failed, or fewer than {LEAST} operations succeeded: {len(api.succeeded)}")


if __name__ == "__main__":
    main()
