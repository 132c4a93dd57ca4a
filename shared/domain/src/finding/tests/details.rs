//! The details that are read from the event files: where, then who.

use super::events::finding;

fn check(name: &str, expected: &[&str]) {
    let lines: Vec<_> = finding(name)
        .details
        .iter()
        .map(|line| format!("{}: {}", line.label, line.value))
        .collect();
    assert_eq!(lines, expected, "{name}");
}

#[test]
fn names_the_place_and_the_actor_in_guardduty_findings() {
    check(
        "guardduty/high-container-without-name",
        &[
            "Container: image registry[.]example[.]com/build/runner:4.11.2, ID 9f8e7d6c5b4a, runtime docker, privileged",
            "Instance: i-0b1c2d3e4f5a60719 (m6i.xlarge)",
            "Instance name: builder-3",
            "AMI: ami-0f1e2d3c4b5a69788",
            "Public IP: 203.0.113.40",
            "Private IP: 10.0.7.21",
            "VPC: vpc-0a9b8c7d",
            "Subnet: subnet-0f1e2d3c",
            "Security group: sg-01ab (builders)",
            "Process: /usr/bin/mount (user root, process ID 4711)",
            "Process hash: 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
            "Mount: /host",
        ],
    );
    check(
        "guardduty/high-database-login",
        &[
            "Database: ledger",
            "Database instance: ledger-prod-1",
            "Database cluster: ledger-prod",
            "Database engine: aurora-postgresql (16.4)",
            "Database user: reporting (psql)",
            "Authentication: PASSWORD",
            "Login: reporting (87 failed, 1 successful), by psql",
            "Remote address: 198.51.100.7 (Utrecht, Netherlands, Example Hosting, AS64500)",
        ],
    );
    check(
        "guardduty/high-trail-disabled",
        &[
            "User: ci-deployer (AssumedRole)",
            "Principal ID: AROAEXAMPLEPRINCIPAL:session-1",
            "Access key: ASIAIOSFODNN7EXAMPLE",
            "API call: StopLogging (cloudtrail)",
            "Affected: org-trail (AWS::CloudTrail::Trail)",
            "Remote address: 198.51.100.7 (Utrecht, Netherlands, Example Hosting, AS64500)",
            "Remote account: 999988887777 (not in your organization)",
            "User agent: aws-cli/2.22",
        ],
    );
    check(
        "guardduty/high-kubernetes-workload",
        &[
            "Container: cart, image 444455556666[.]dkr[.]ecr[.]eu-central-1[.]amazonaws[.]com/shop/cart:1.25.3, ID containerd[:]//77aa",
            "Container: proxy, image envoy:1.32",
            "Workload: cart-7d9f (pods)",
            "Namespace: shop",
            "Service account: cart",
            "Shared with the host: hostNetwork",
            "EKS cluster: shop-prod",
            "VPC: vpc-0a9b8c7d",
            "Instance: i-0b1c2d3e4f5a60720 (m6i.large)",
            "Kubernetes user: system:serviceaccount:shop:cart (system:serviceaccounts)",
            "Process: /bin/sh (user www-data, process ID 88)",
            "Command: sh -i",
            "Connection: outbound, TCP, port 44122",
            "Remote address: 198.51.100.7 (Utrecht, Netherlands, Example Hosting, AS64500, port 4444)",
        ],
    );
    check(
        "guardduty/high-task-of-a-cluster",
        &[
            "Container: worker, image nightly:41, ID 77bb",
            "Task: arn:aws:ecs:eu-central-1:111122223333:task/batch-prod/1a2b3c (fargate)",
            "Task group: service:nightly",
            "Task definition: arn:aws:ecs:eu-central-1:111122223333:task-definition/nightly:41",
            "Task started by: ecs-svc/1",
            "ECS cluster: batch-prod",
            "Threat name: coin-pool",
            "Threat list: ProofPoint",
            "Connection: outbound, TCP",
            "Remote address: 198.51.100.7 (Utrecht, Netherlands, Example Hosting, AS64500, port 3333)",
        ],
    );
    check(
        "guardduty/high-malware-on-a-volume",
        &[
            "Instance: i-0b1c2d3e4f5a60721",
            "Volume: arn:aws:ec2:eu-central-1:111122223333:volume/vol-0a1b (/dev/xvda)",
            "Snapshot: arn:aws:ec2:eu-central-1:111122223333:snapshot/snap-0a1b",
            "Malware: Linux[.]Miner.X",
            "Infected file: /opt/.cache/kworker",
        ],
    );
}

#[test]
fn names_the_places_and_actors_of_a_sequence() {
    check(
        "guardduty/critical-sequence-of-buckets",
        &[
            "Bucket: ledger-exports",
            "Access key: ASIAIOSFODNN7EXAMPLE",
            "User: ci-deployer (AssumedRole)",
            "User account: 111122223333",
            "Session issuer: arn:aws:iam::111122223333:role/ci",
            "Remote address: 198.51.100.7 (Utrecht, Netherlands, Example Hosting)",
            "Indicator: attack tactic (Exfiltration)",
            "Indicator: unusual ASN for user (AS64500)",
            "Signals: Exfiltration:S3/AnomalousBehavior, s3:GetObject",
        ],
    );
}

#[test]
fn names_the_place_and_the_actor_in_security_hub_findings() {
    check(
        "security-hub/guardduty-brute-force",
        &[
            "Instance: i-0b1c2d3e4f5a60725",
            "Instance name: bastion-1",
            "Image ID: ami-0f1e2d3c4b5a69788",
            "VPC: vpc-0a9b8c7d",
            "IP address: 203.0.113.41, 10.0.7.22",
            "Connection: inbound, TCP, port 22 (SSH)",
            "Remote address: 198.51.100.7 (Netherlands)",
        ],
    );
    check(
        "security-hub/guardduty-attack-sequence",
        &[
            "Access key: ASIAIOSFODNN7EXAMPLE",
            "User: ci-deployer",
            "User type: AssumedRole",
            "Principal ID: AROAEXAMPLEPRINCIPAL",
            "User: ci-deployer (AssumedRole)",
            "Remote address: 198.51.100.7 (Netherlands)",
            "Indicator: attack tactic (Initial Access)",
            "Signals: UnauthorizedAccess:EC2/SSHBruteForce, CLOUD_TRAIL",
        ],
    );
    check(
        "security-hub/same-id-in-one-account",
        &[
            "Container: registry[.]example[.]com/shop/cart:1.25.3 (debian 12.5)",
            "Container image: registry[.]example[.]com/shop/cart:1.25.3",
            "Image ID: sha256:abababababababab",
            "Vulnerability: CVE-2026-7100",
            "Package: openssl 3.0.11, fixed in 3.0.14",
        ],
    );
    check("security-hub/policy-with-full-rights", &["Policy: everything", "Control: IAM.1"]);
    check(
        "security-hub/custom-action-of-another-tool",
        &[
            "Function: resize",
            "Function role: arn:aws:iam::111122223333:role/resize",
            "Control: Lambda.1",
        ],
    );
    check(
        "security-hub/control-warning",
        &[
            "Account: 111122223333",
            "Control: CloudTrail.1",
            "Control result: AWS Config could not be read.",
        ],
    );
    check(
        "security-hub/v2-access-key",
        &[
            "User: ci-deployer",
            "Access key: ASIAIOSFODNN7EXAMPLE",
            "User type: AssumedRole",
            "Principal ID: AROAEXAMPLEPRINCIPAL:session-1",
            "API call: StopLogging (cloudtrail)",
            "Affected: org-trail (AWS::CloudTrail::Trail)",
            "Source address: 198.51.100.7 (Netherlands)",
        ],
    );
    check(
        "security-hub/v2-vulnerability",
        &[
            "Function: resize",
            "Vulnerability: CVE-2026-7102",
            "Package: rocketmq 5.1.0, fixed in 5.1.1",
        ],
    );
    check(
        "security-hub/v2-sensitive-data",
        &["Bucket: ledger-exports", "Object: exports/2026/people.csv"],
    );
    check(
        "security-hub/v2-attack-sequence",
        &[
            "Bucket: ledger-exports",
            "Indicator: malicious IP (198.51.100.7)",
            "Signals: Exfiltration:S3/AnomalousBehavior",
        ],
    );
    let headline = finding("security-hub/v2-access-key").resource;
    assert_eq!(headline.as_deref(), Some("AWS::IAM::AccessKey ASIAIOSFODNN7EXAMPLE (ci-deployer)"));
}

#[test]
fn a_hostile_key_is_shown_harmless() {
    let finding = finding("security-hub/macie-hostile-key");
    let key = "invoices/gpj.exe https[:]//evil[.]example/login <b>x</b> MUSTER: resolved";
    assert_eq!(finding.title, format!("The S3 object has personal information: {key}"));
    assert_eq!(finding.resource, Some(format!("AwsS3Object {key}")));
    let object = format!("Object: {key}");
    check(
        "security-hub/macie-hostile-key",
        &[
            "Bucket: ledger-exports",
            &object,
            "Object version: v7",
            "Sensitive data: PERSONAL_INFORMATION",
        ],
    );
}

#[test]
fn names_the_object_that_a_scan_found() {
    check(
        "guardduty/object-scan-threats",
        &[
            "Bucket: inbox-prod",
            "Object: inbox/invoice.pdf",
            "Object version: v1",
            "Object ETag: e1",
            "Malware: EICAR-Test-File",
        ],
    );
}
