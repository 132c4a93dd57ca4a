"""Signs each request for the local system, and knows the formats that OpenAPI has no name for."""

import json
import pathlib

import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import strategies as st
from requests.auth import AuthBase

SYSTEM = pathlib.Path(__file__).resolve().parents[2] / ".local" / "system.json"
# Numbers that are reserved for fiction, and one that is no number.
NUMBERS = ["+14255550101", "+14255550102", "+442079460958", "+15005550006", "+1"]
ZONES = ["Europe/Berlin", "America/Lima", "UTC", "Mars/Olympus"]

schemathesis.openapi.format("e164", st.sampled_from(NUMBERS))
schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
schemathesis.openapi.format("email", st.sampled_from(["ada@example.com", "bob@example.org", "no"]))


class Signature(AuthBase):
    """AWS Signature Version 4 over the request as it is sent."""

    def __init__(self):
        access = json.loads(SYSTEM.read_text())["access"]
        self.credentials = Credentials("muster-local", access["secret"])

    def __call__(self, request):
        signed = AWSRequest(request.method, request.url, data=request.body or b"")
        SigV4Auth(self.credentials, "execute-api", "us-east-1").add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


schemathesis.auth.set_from_requests(Signature())
