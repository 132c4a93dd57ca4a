//! Where a finding of Security Hub is, in ASFF and in OCSF: its resources and what is known of them.

use super::kind::label;
use super::lines::{Lines, joined, remarked};
use super::tree::Tree;

/// Most resources that are named. Findings about images can have dozens.
const MAX_RESOURCES: usize = 5;
/// How deep the details of a resource are searched.
const MAX_DEPTH: usize = 4;

/// What people look for in a resource's details, by the names it has there without case and `_`: ASFF
/// documents its names, OCSF leaves `data` to the source.
const KNOWN: [(&str, &[&str]); 28] = [
    ("User", &["username", "principalname"]),
    ("User type", &["usertype", "principaltype"]),
    ("Principal ID", &["principalid"]),
    ("Access key", &["accesskeyid"]),
    ("Role", &["rolename"]),
    ("Policy", &["policyname"]),
    ("Bucket", &["bucketname"]),
    ("Object", &["objectkey"]),
    ("Object version", &["versionid"]),
    ("Container image", &["imagename", "image", "containerimage"]),
    ("Image tag", &["imagetags", "imagetag"]),
    ("Image digest", &["imagedigest", "imageuid", "imagehash"]),
    ("Container", &["containername"]),
    ("Namespace", &["namespace"]),
    ("Pod", &["podname"]),
    ("Task", &["taskarn"]),
    ("Task definition", &["taskdefinitionarn"]),
    ("Cluster", &["clustername", "clusterarn"]),
    ("Repository", &["repositoryname"]),
    ("Function", &["functionname"]),
    ("Function role", &["role"]),
    ("Database", &["dbname", "databasename"]),
    ("Database instance", &["dbinstanceidentifier"]),
    ("Database cluster", &["dbclusteridentifier"]),
    ("Database engine", &["engine"]),
    ("Image ID", &["imageid", "amiid"]),
    ("VPC", &["vpcid"]),
    ("IP address", &["ipv4addresses", "publicip", "privateipaddress", "ipaddress"]),
];

/// Resources that people call by the last part of their ARN.
const CALLED_BY_LAST_PART: [&str; 13] = [
    "Account",
    "Database cluster",
    "Database instance",
    "Function",
    "Group",
    "Instance",
    "Network interface",
    "Policy",
    "Role",
    "Security group",
    "User",
    "Volume",
    "VPC",
];

/// A resource, by what its source calls its parts.
#[derive(Debug)]
pub(super) struct Resource<'a> {
    /// `AwsEc2Instance`, `AWS::EC2::Instance`.
    pub(super) kind: Option<String>,
    /// Its id: an ARN, or a name.
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) account: Option<String>,
    pub(super) details: &'a Tree,
    pub(super) tags: &'a Tree,
}

impl Resource<'_> {
    /// Returns the short name: `AwsEc2Instance i-99`, `AWS::IAM::AccessKey AKIA… (ci-deployer)`.
    pub(super) fn headline(&self) -> Option<String> {
        let kind = self.kind.as_ref()?;
        let id = self.id.as_deref().map(|id| match (self.label(), object(id)) {
            ("Object", Some((_, key))) => key,
            // A key of an object has slashes of its own.
            ("Object", None) => id,
            _ => last_part(id),
        });
        let name = self.name.clone().filter(|name| !id.is_some_and(|id| id.contains(name)));
        remarked(Some(id.map_or_else(|| kind.clone(), |id| format!("{kind} {id}"))), name)
    }

    fn label(&self) -> &'static str {
        label(self.kind.as_deref().unwrap_or_default())
    }

    fn add_to(&self, lines: &mut Lines) {
        let label = self.label();
        let id = self.id.as_deref();
        match (label, id.and_then(object)) {
            ("Object", Some((bucket, key))) => {
                lines.add("Bucket", bucket.to_owned());
                lines.add("Object", key.to_owned());
            }
            ("Bucket", Some((bucket, _))) => lines.add("Bucket", bucket.to_owned()),
            ("Resource", _) => {
                let kind = self.kind.as_ref().map(|kind| format!("type {kind}"));
                lines.add("Resource", joined([id.map(str::to_owned), kind]));
            }
            // A name that is not part of the id says what the id does not: who has this key.
            ("Access key", _) => {
                lines.add("User", self.name.clone());
                lines.add("Access key", id.map(|id| last_part(id).to_owned()));
            }
            _ if CALLED_BY_LAST_PART.contains(&label) => {
                lines.add(label, id.map(|id| last_part(id).to_owned()));
            }
            _ => lines.add(label, id.map(str::to_owned)),
        }
        let named = self.name.as_deref().filter(|name| !id.is_some_and(|id| id.contains(*name)));
        if label != "Access key" {
            lines.add(&format!("{label} name"), named.map(str::to_owned));
        }
        let tags = self.tags;
        let listed =
            tags.items().iter().find(|tag| tag.is("name", "Name") || tag.is("key", "Name"));
        let tag = tags.text("Name").filter(|_| matches!(tags, Tree::Fields(_)));
        let tag = tag.or_else(|| listed.and_then(|tag| tag.text("value")));
        lines.add(&format!("{label} name"), tag);
        for (label, names) in KNOWN {
            let mut values = Vec::new();
            find(self.details, names, MAX_DEPTH, &mut values);
            lines.add_all(label, values);
        }
        lines.add("Owner account", self.account.clone());
    }
}

/// Returns the lines of these resources.
pub(super) fn place<'a>(resources: impl Iterator<Item = Resource<'a>>) -> Lines {
    let mut lines = Lines::default();
    let mut more = 0;
    for (index, resource) in resources.enumerate() {
        if index < MAX_RESOURCES {
            resource.add_to(&mut lines);
        } else {
            more += 1;
        }
    }
    lines.add("More resources", (more > 0).then(|| more.to_string()));
    lines
}

/// Returns the vulnerabilities: which, in which package, and what mends it. `id` and `packages` are
/// where the format has them.
pub(super) fn vulnerabilities(list: &Tree, id: &[&str], packages: &str) -> Lines {
    let mut lines = Lines::default();
    let list = list.items();
    lines.add_all("Vulnerability", list.iter().filter_map(|one| one.first(id)));
    let packages = list.iter().flat_map(|one| one.list(packages)).filter_map(|package| {
        let version = package.text("version").unwrap_or_default();
        let fixed = package.first(&["fixedInVersion", "fixed_in_version"]);
        let fixed = fixed.map(|fixed| format!("fixed in {fixed}"));
        let name = package.text("name").map(|name| format!("{name} {version}").trim().to_owned());
        joined([name, fixed])
    });
    lines.add_all("Package", packages);
    lines
}

/// The last part of an ARN or of an ASFF id (`AWS::IAM::AccessKey:AKIA…`) is what people call the
/// thing. Other ids, such as an image's, have colons of their own.
fn last_part(id: &str) -> &str {
    let named = id.starts_with("arn:") || id.starts_with("AWS::");
    id.rsplit(|c| c == '/' || (named && c == ':')).next().unwrap_or(id)
}

/// The bucket and the key in the ARN of an object; the key is empty in the ARN of a bucket.
fn object(arn: &str) -> Option<(&str, &str)> {
    let (_, path) = arn.split_once(":s3:::")?;
    Some(path.split_once('/').unwrap_or((path, "")))
}

/// Adds the texts of fields with these names, wherever in the tree they are.
fn find(tree: &Tree, names: &[&str], depth: usize, values: &mut Vec<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match tree {
        Tree::List(list) => list.iter().for_each(|item| find(item, names, depth, values)),
        Tree::Fields(fields) => {
            for (name, value) in fields {
                let dense = name.replace('_', "").to_ascii_lowercase();
                if names.contains(&dense.as_str()) {
                    values.extend(value.items().iter().filter_map(Tree::as_text));
                }
                find(value, names, depth, values);
            }
        }
        _ => {}
    }
}
