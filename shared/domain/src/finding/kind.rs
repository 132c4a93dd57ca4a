//! What people call a type of resource, whichever source names it.

/// Returns the label of a resource type: `EC2_INSTANCE` (`GuardDuty`), `AwsEc2Instance` (ASFF) and
/// `AWS::EC2::Instance` (OCSF) are all an instance. Others are a "Resource".
pub(super) fn label(kind: &str) -> &'static str {
    let dense: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
    let dense = dense.to_ascii_lowercase();
    match dense.strip_prefix("aws").unwrap_or(&dense) {
        "ec2instance" | "instance" => "Instance",
        "s3bucket" => "Bucket",
        "s3object" => "Object",
        "iamaccesskey" | "accesskey" => "Access key",
        "iamuser" => "User",
        "iamrole" => "Role",
        "iamgroup" => "Group",
        "iampolicy" | "iammanagedpolicy" => "Policy",
        "ekscluster" => "EKS cluster",
        "ecscluster" => "ECS cluster",
        "ecstask" => "Task",
        "ecstaskdefinition" => "Task definition",
        "ecsservice" => "ECS service",
        "kubernetesworkload" => "Workload",
        "container" | "ecscontainer" => "Container",
        "ecrcontainerimage" | "ecrimage" => "Container image",
        "ecrrepository" => "Repository",
        "lambdafunction" => "Function",
        "rdsdbinstance" => "Database instance",
        "rdsdbcluster" => "Database cluster",
        "dynamodbtable" => "Table",
        "ec2securitygroup" => "Security group",
        "ec2volume" => "Volume",
        "ec2vpc" => "VPC",
        "ec2networkinterface" => "Network interface",
        "kmskey" => "Key",
        "cloudtrailtrail" => "Trail",
        "secretsmanagersecret" => "Secret",
        "account" => "Account",
        _ => "Resource",
    }
}
