//! Where a `GuardDuty` finding is: the resource, from the object in a bucket to the instance below.

use crate::finding::lines::{Lines, joined, remarked, worded};
use crate::finding::tree::Tree;

/// Returns the short name of what the finding is about: the most telling part. In findings about an
/// instance the access key is the attacker's means, in findings about a bucket the bucket is what was
/// touched.
pub(super) fn headline(resource: &Tree, service: &Tree) -> Option<String> {
    let kind = resource.text("resourceType")?;
    let bucket = resource.list("s3BucketDetails").first();
    let object = bucket.and_then(|bucket| bucket.list("s3ObjectDetails").first());
    let name = match kind.as_str() {
        "Instance" => resource.text("instanceDetails/instanceId"),
        "AccessKey" => resource.text("accessKeyDetails/userName"),
        "S3Bucket" => bucket.and_then(|bucket| bucket.text("name")),
        "S3Object" => object.and_then(|object| object.text("key")),
        "EKSCluster" => resource.text("eksClusterDetails/name"),
        "ECSCluster" => resource.text("ecsClusterDetails/name"),
        "KubernetesWorkload" => resource.text("kubernetesDetails/kubernetesWorkloadDetails/name"),
        "Container" => container_name(resource.at("containerDetails")),
        "Lambda" => resource.text("lambdaDetails/functionName"),
        "RDSDBInstance" => resource.text("rdsDbInstanceDetails/dbInstanceIdentifier"),
        "RDSLimitlessDB" => resource.text("rdsLimitlessDbDetails/dbShardGroupIdentifier"),
        "AttackSequence" => {
            let first = service.list("detection/sequence/resources").first();
            first.and_then(|first| first.first(&["name", "uid"]))
        }
        _ => [
            "ebsSnapshotDetails/snapshotArn",
            "ec2ImageDetails/imageArn",
            "recoveryPointDetails/recoveryPointArn",
        ]
        .iter()
        .find_map(|path| resource.text(path))
        .map(|arn| last_part(&arn)),
    };
    Some(name.map_or_else(|| kind.clone(), |name| format!("{kind} {name}")))
}

/// A container without a name is called by its image, without the registry.
fn container_name(container: &Tree) -> Option<String> {
    let image = || container.text("image").map(|image| last_part(&image));
    container.text("name").or_else(image).or_else(|| container.text("id"))
}

fn last_part(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// Returns the place, the innermost part first.
pub(super) fn place(resource: &Tree) -> Lines {
    let mut lines = Lines::default();
    storage(resource, &mut lines);
    database(resource, &mut lines);
    function(resource.at("lambdaDetails"), &mut lines);
    container(resource.at("containerDetails"), &mut lines);
    kubernetes(resource, &mut lines);
    ecs(resource.at("ecsClusterDetails"), &mut lines);
    instance(resource.at("instanceDetails"), &mut lines);
    copies(resource, &mut lines);
    lines
}

fn storage(resource: &Tree, lines: &mut Lines) {
    for bucket in resource.list("s3BucketDetails") {
        let access = bucket.text("publicAccess/effectivePermission");
        lines.add(
            "Bucket",
            remarked(bucket.first(&["name", "arn"]), access.map(|access| worded(&access))),
        );
        for object in bucket.list("s3ObjectDetails") {
            lines.add("Object", object.first(&["key", "objectArn"]));
            lines.add("Object version", object.text("versionId"));
            lines.add("Object hash", object.text("hash"));
        }
    }
}

fn database(resource: &Tree, lines: &mut Lines) {
    lines.add("Database", resource.text("rdsDbUserDetails/database"));
    for details in [resource.at("rdsDbInstanceDetails"), resource.at("rdsLimitlessDbDetails")] {
        lines.add("Database instance", details.first(&["dbInstanceIdentifier", "dbInstanceArn"]));
        lines.add(
            "Database shard group",
            details.first(&["dbShardGroupIdentifier", "dbShardGroupArn"]),
        );
        lines.add("Database cluster", details.text("dbClusterIdentifier"));
        let engine = remarked(details.text("engine"), details.text("engineVersion"));
        lines.add("Database engine", engine);
    }
}

fn function(details: &Tree, lines: &mut Lines) {
    let version = details.text("functionVersion").map(|version| format!("version {version}"));
    lines.add("Function", remarked(details.first(&["functionName", "functionArn"]), version));
    lines.add("Function role", details.text("role"));
    lines.add("VPC", details.text("vpcConfig/vpcId"));
}

fn container(details: &Tree, lines: &mut Lines) {
    let of = |label: &str, path: &str| details.text(path).map(|value| format!("{label} {value}"));
    let parts = [
        details.text("name"),
        of("image", "image"),
        of("ID", "id"),
        of("runtime", "containerRuntime"),
        details.is_true("securityContext/privileged").then(|| "privileged".to_owned()),
    ];
    lines.add("Container", joined(parts));
}

fn kubernetes(resource: &Tree, lines: &mut Lines) {
    let workload = resource.at("kubernetesDetails/kubernetesWorkloadDetails");
    workload.list("containers").iter().for_each(|one| container(one, lines));
    lines.add(
        "Workload",
        remarked(workload.text("name"), workload.text("type").map(|kind| worded(&kind))),
    );
    lines.add("Namespace", workload.text("namespace"));
    lines.add("Service account", workload.text("serviceAccountName"));
    let shared = ["hostNetwork", "hostIPC", "hostPID"];
    lines.add_all(
        "Shared with the host",
        shared.into_iter().filter(|path| workload.is_true(path)).map(str::to_owned),
    );
    let cluster = resource.at("eksClusterDetails");
    lines.add("EKS cluster", cluster.first(&["name", "arn"]));
    lines.add("VPC", cluster.text("vpcId"));
}

fn ecs(cluster: &Tree, lines: &mut Lines) {
    let task = cluster.at("taskDetails");
    task.list("containers").iter().for_each(|one| container(one, lines));
    let launch = task.text("launchType").map(|launch| worded(&launch));
    lines.add("Task", remarked(task.text("arn"), launch));
    let group = task.text("group");
    lines.add("Task group", group);
    lines.add("Task definition", task.text("definitionArn"));
    lines.add("Task started by", task.text("startedBy"));
    lines.add("ECS cluster", cluster.first(&["name", "arn"]));
}

fn instance(details: &Tree, lines: &mut Lines) {
    lines.add("Instance", remarked(details.text("instanceId"), details.text("instanceType")));
    let tags = details.list("tags").iter();
    let name = tags.clone().find(|tag| tag.is("key", "Name"));
    lines.add("Instance name", name.and_then(|tag| tag.text("value")));
    lines.add("AMI", remarked(details.text("imageId"), details.text("imageDescription")));
    lines.add("Instance profile", details.text("iamInstanceProfile/arn"));
    let networks = details.list("networkInterfaces");
    let all = |path: &'static str| networks.iter().filter_map(move |one| one.text(path));
    lines.add_all("Public IP", all("publicIp"));
    let private = networks.iter().flat_map(|one| one.list("privateIpAddresses"));
    let private = private.filter_map(|address| address.text("privateIpAddress"));
    lines.add_all("Private IP", all("privateIpAddress").chain(private));
    lines.add_all("IPv6", networks.iter().flat_map(|one| one.texts("ipv6Addresses")));
    lines.add_all("VPC", all("vpcId"));
    lines.add_all("Subnet", all("subnetId"));
    let groups = networks.iter().flat_map(|one| one.list("securityGroups"));
    let groups = groups.filter_map(|one| remarked(one.text("groupId"), one.text("groupName")));
    lines.add_all("Security group", groups);
    lines.add("Outpost", details.text("outpostArn"));
}

/// What malware scans look into: volumes, snapshots, images and recovery points.
fn copies(resource: &Tree, lines: &mut Lines) {
    for volume in resource.list("ebsVolumeDetails/scannedVolumeDetails") {
        let device = volume.text("deviceName");
        lines.add("Volume", remarked(volume.text("volumeArn"), device));
        lines.add("Snapshot", volume.text("snapshotArn"));
    }
    lines.add("Snapshot", resource.text("ebsSnapshotDetails/snapshotArn"));
    lines.add("AMI", resource.text("ec2ImageDetails/imageArn"));
    let vault = resource.text("recoveryPointDetails/backupVaultName");
    let vault = vault.map(|name| format!("vault {name}"));
    let point = resource.text("recoveryPointDetails/recoveryPointArn");
    lines.add("Recovery point", remarked(point, vault));
}
