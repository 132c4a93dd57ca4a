"""Puts a release into a bucket of each Region, verifies it, and prints the links that launch it.

A version is published once: what is there with other bytes is never written over. Each Region has a bucket of its
own, since Lambda reads code from its own Region only.
"""

import argparse
import base64
import hashlib
import json
import os
import re
from pathlib import Path
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from told import POLICIES, ROOT, TEMPLATES, Fault, console, run, say, sha256

READERS = re.compile(r"o-[a-z0-9]{10,32}")
BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,40}[a-z0-9]")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,60}")


def arguments():
    parser = argparse.ArgumentParser(prog="infra/publish", description=__doc__.splitlines()[0])
    parser.add_argument("--bucket", required=True, help="each Region's bucket is named so, with -REGION behind it")
    parser.add_argument("--region", action="append", help="a Region to publish to; may be given again")
    parser.add_argument(
        "--from", dest="dist", type=Path, default=ROOT / "dist", help="what infra/package wrote (dist/)"
    )
    parser.add_argument("--version", help="what the release is called; its own version and commit if not given")
    parser.add_argument(
        "--readers",
        help="who else may read it: an organization's ID, or everybody. If not given, a bucket keeps its readers; "
        "a new one has none",
    )
    parser.add_argument("--stack", default="muster", help="the name that the links propose for the stack")
    return parser.parse_args()


def release(given):
    """What infra/package wrote, checked against its own sums."""
    sums = given.dist / "SHA256SUMS"
    if not sums.is_file():
        raise Fault(f"{given.dist} holds no release: run infra/package first, or name one with --from")
    files = dict(reversed(line.split("  ", 1)) for line in sums.read_text().splitlines())
    for name, digest in files.items():
        if not (given.dist / name).is_file() or sha256(given.dist / name) != digest:
            raise Fault(f"{given.dist / name} is not what SHA256SUMS says: run infra/package again")
    about = json.loads((given.dist / "release.json").read_text())
    for name in TEMPLATES + POLICIES:
        if about["infra"].get(name) != sha256(ROOT / "infra" / name):
            commit = about["commit"][:12]
            raise Fault(
                f"infra/{name} is not of the release's commit, {commit}: check that out, or run infra/package again"
            )
    version = given.version or f"{about['version']}-{about['commit'][:12]}{'-changed' if about['changed'] else ''}"
    return files, about["architectures"], version


def checked(given, version):
    """Faults of what was asked for, before anything is made."""
    if not BUCKET.fullmatch(given.bucket):
        raise Fault(f"--bucket {given.bucket}: 3 to 42 of a-z, 0-9 and -, such as example-muster")
    if not VERSION.fullmatch(version):
        raise Fault(f"--version {version}: letters, digits, points and dashes, such as 1.2.0")
    if given.readers and given.readers != "everybody" and not READERS.fullmatch(given.readers):
        raise Fault(f"--readers {given.readers}: an organisation's id such as o-a1b2c3d4e5, or everybody")


def rendered(name, bucket, version, architectures, url):
    """A template that knows where its own functions are."""
    text = (ROOT / "infra" / name).read_text()
    architecture = "arm64" if "arm64" in architectures else architectures[0]
    for old, new in [
        ("    Default: unpublished\n", f"    Default: {bucket}\n"),
        ("    Default: unpublished/\n", f"    Default: {version}/\n"),
        ("    Default: arm64\n", f"    Default: {architecture}\n"),
        ("    Default: https://unpublished.example.com/forwarder.yaml\n", f"    Default: {url('forwarder.yaml')}\n"),
    ]:
        text = text.replace(old, new)
    text = text.replace("AllowedValues: [arm64, x86_64]", f"AllowedValues: [{', '.join(architectures)}]")
    if "unpublished" in re.sub(r"(?m)^\s*(- Assert|AssertDescription|#).*$", "", text):
        raise Fault(f"infra/{name} still has a default that only publishing can give")
    return text.encode()


class Shelf:
    """A Region's bucket."""

    def __init__(self, session, region, name, account, readers):
        # Every call names the owner: a bucket of that name that is somebody else's is not used.
        self.s3 = session.client("s3", region_name=region, config=Config(s3={"addressing_style": "path"}))
        self.formation = session.client("cloudformation", region_name=region)
        self.endpoint = self.s3.meta.endpoint_url if "amazonaws" not in self.s3.meta.endpoint_url else None
        self.region, self.name, self.owner = region, f"{name}-{region}", {"ExpectedBucketOwner": account}
        self.partition, self.console = session.get_partition_for_region(region), console(session, region)
        self.readers = readers

    def ready(self):
        """Makes the bucket if it is not there: private, versioned, by TLS only. One that is there keeps its readers."""
        made = False
        try:
            self.s3.head_bucket(Bucket=self.name, **self.owner)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                raise Fault(f"the bucket {self.name} is not yours to use: choose another --bucket") from None
            place = (
                {} if self.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
            )
            self.s3.create_bucket(Bucket=self.name, **place)
            say(f"{self.region}: made the bucket {self.name}")
            made = True
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"}, **self.owner)
        if not (made or self.readers):
            return
        everybody = self.readers == "everybody"
        block = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls"], True)
        block |= dict.fromkeys(["BlockPublicPolicy", "RestrictPublicBuckets"], not everybody)
        self.s3.put_public_access_block(Bucket=self.name, PublicAccessBlockConfiguration=block, **self.owner)
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(self.policy()), **self.owner)

    def policy(self):
        arn = f"arn:{self.partition}:s3:::{self.name}"
        statements = [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]
        if self.readers:
            read = {
                "Sid": "Read",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"{arn}/*",
            }
            if self.readers != "everybody":
                read["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": self.readers}}
            statements.append(read)
        return {"Version": "2012-10-17", "Statement": statements}

    def put(self, key, data):
        """Uploads `data` once, and reads it back."""
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        there = self.get(key)
        if there is not None and there != data:
            raise Fault(
                f"{key} is in {self.name} with other bytes: a published version never changes, so give a new --version"
            )
        if there is None:
            # Somebody else may be publishing the same version at this moment.
            once = {"IfNoneMatch": "*", "ChecksumSHA256": digest}
            try:
                self.s3.put_object(Bucket=self.name, Key=key, Body=data, **once, **self.owner)
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
                    raise
            if self.get(key) != data:
                raise Fault(f"{key} did not arrive in {self.name} as it was sent: publish again")
        say(f"{self.region}: {'already there' if there else 'verified'}  {key}")

    def get(self, key):
        try:
            return self.s3.get_object(Bucket=self.name, Key=key, **self.owner)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404", "AccessDenied"):
                return None
            raise

    def url(self, key):
        if self.endpoint:
            return f"{self.endpoint}/{self.name}/{key}"
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return f"https://{self.name}.s3.{self.region}.{suffix}/{key}"

    def link(self, key, stack):
        """CloudFormation's page with everything filled in but two addresses."""
        page = f"{self.console}/cloudformation/home?region={self.region}#/stacks/quickcreate"
        return f"{page}?templateURL={quote(self.url(key), safe='')}&stackName={stack}"


def publish(shelf, given, files, architectures, version):
    shelf.ready()
    for name in [*files, "SHA256SUMS"]:
        shelf.put(f"{version}/{name}", (given.dist / name).read_bytes())
    for name in POLICIES:
        shelf.put(f"{version}/{name}", (ROOT / "infra" / name).read_bytes())
    for name in TEMPLATES:
        text = rendered(name, shelf.name, version, architectures, lambda other: shelf.url(f"{version}/{other}"))
        shelf.put(f"{version}/{name}", text)
        # CloudFormation's own reading of it, from where it will read it.
        read = shelf.formation.get_template_summary(TemplateURL=shelf.url(f"{version}/{name}"))
        needed = [one["ParameterKey"] for one in read["Parameters"] if "DefaultValue" not in one]
        say(f"{shelf.region}: CloudFormation reads {name}; to be given: {', '.join(needed)}")


def main():
    given = arguments()
    files, architectures, version = release(given)
    checked(given, version)
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    regions = given.region or [session.region_name]
    if regions == [None]:
        raise Fault("no Region: name one with --region, such as --region eu-west-1, or set AWS_REGION")
    try:
        account = session.client("sts", region_name=regions[0]).get_caller_identity()["Account"]
        shelves = [Shelf(session, region, given.bucket, account, given.readers) for region in regions]
        for shelf in shelves:
            publish(shelf, given, files, architectures, version)
    except ClientError as error:
        said = error.response["Error"]
        raise Fault(f"AWS refuses {error.operation_name}: {said.get('Message') or said['Code']}") from None
    except BotoCoreError as error:
        raise Fault(f"AWS does not answer: {error}") from None
    say(f"\nMuster {version} is published. Launch it in:")
    for shelf in shelves:
        say(f"  {shelf.region}  {shelf.link(f'{version}/muster.yaml', given.stack)}")
    say("\nOr by its template, in the same order:")
    for shelf in shelves:
        say(f"  {shelf.region}  {shelf.url(f'{version}/muster.yaml')}")


if __name__ == "__main__":
    run(main)
