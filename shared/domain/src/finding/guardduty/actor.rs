//! Who acted in a `GuardDuty` finding: the identity, the process, and the address it came from.

use crate::finding::lines::{Lines, joined, remarked};
use crate::finding::tree::Tree;

/// Returns the identities that `resource` names: they are the attacker's means as well as the victim's
/// property. A key's id is no secret; its secret half is never part of a finding.
pub(super) fn identities(resource: &Tree) -> Lines {
    let mut lines = Lines::default();
    let key = resource.at("accessKeyDetails");
    lines.add("User", remarked(key.text("userName"), key.text("userType")));
    lines.add("Principal ID", key.text("principalId"));
    lines.add("Access key", key.text("accessKeyId"));
    let user = resource.at("kubernetesDetails/kubernetesUserDetails");
    let groups = user.texts("groups").join(", ");
    let groups = (!groups.is_empty()).then_some(groups);
    lines.add("Kubernetes user", remarked(user.text("username"), groups));
    lines.add_all("Kubernetes session", user.texts("sessionName"));
    lines.add("Impersonated user", user.text("impersonatedUser/username"));
    let login = resource.at("rdsDbUserDetails");
    lines.add("Database user", remarked(login.text("user"), login.text("application")));
    lines.add("Authentication", login.text("authMethod"));
    lines
}

/// Returns the malware that a scan found, and the names by which threat lists know what was seen.
pub(super) fn threats(service: &Tree) -> Lines {
    let mut lines = Lines::default();
    let scan = service.at("ebsVolumeScanDetails/scanDetections/threatDetectedByName");
    let scanned = scan.list("threatNames");
    let found = service.list("malwareScanDetails/threats");
    let names = scanned.iter().chain(found).filter_map(|threat| threat.text("name"));
    lines.add_all("Malware", names);
    let files = scanned.iter().flat_map(|threat| threat.list("filePaths"));
    let files = files.filter_map(|file| file.first(&["filePath", "fileName"]));
    let items = found.iter().flat_map(|threat| {
        let nested = threat.list("itemPaths").iter().filter_map(|i| i.text("nestedItemPath"));
        let details = threat.list("itemDetails").iter();
        nested.chain(details.filter_map(|item| item.first(&["itemPath", "resourceArn"])))
    });
    lines.add_all("Infected file", files.chain(items));
    for list in service.list("evidence/threatIntelligenceDetails") {
        lines.add_all("Threat name", list.texts("threatNames"));
        lines.add("Threat list", list.text("threatListName"));
    }
    lines
}

/// Returns who acted, from a finding's `service`. Security Hub's `Action` has the same model.
pub(in crate::finding) fn actor(service: &Tree) -> Lines {
    let mut lines = Lines::default();
    process(service.at("runtimeDetails"), &mut lines);
    let action = service.at("action");
    api_call(action.at("awsApiCallAction"), &mut lines);
    kubernetes(action, &mut lines);
    network(action, &mut lines);
    let login = action.at("rdsLoginAttemptAction");
    for attempt in login.list("loginAttributes") {
        let times = |path: &str, word: &str| {
            attempt.count(path).filter(|times| *times > 0).map(|times| format!("{times} {word}"))
        };
        let tries = [
            times("failedLoginAttempts", "failed"),
            times("successfulLoginAttempts", "successful"),
        ];
        let application = attempt.text("application").map(|name| format!("by {name}"));
        let user = remarked(attempt.text("user"), joined(tries));
        lines.add("Login", joined([user, application]));
    }
    lines.add("Remote address", address(login));
    lines
}

fn process(details: &Tree, lines: &mut Lines) {
    let process = details.at("process");
    let user = process.text("user").map(|user| format!("user {user}"));
    let id = process.text("pid").map(|id| format!("process ID {id}"));
    let name = process.first(&["executablePath", "name"]);
    lines.add("Process", remarked(name, joined([user, id])));
    lines.add("Process hash", process.text("executableSha256"));
    let context = details.at("context");
    for (label, path) in [
        ("Command", "commandLineExample"),
        ("Tool", "toolName"),
        ("Script", "scriptPath"),
        ("Library", "libraryPath"),
        ("Socket", "socketPath"),
        ("Kernel module", "moduleName"),
        ("Mount", "mountTarget"),
        ("Malicious file", "threatFilePath"),
        ("Modified by", "modifyingProcess/executablePath"),
        ("Target process", "targetProcess/executablePath"),
    ] {
        lines.add(label, context.text(path));
    }
}

fn api_call(call: &Tree, lines: &mut Lines) {
    let service = call.text("serviceName").map(|name| name.replace(".amazonaws.com", ""));
    let error = call.text("errorCode").map(|code| format!("refused with {code}"));
    lines.add("API call", joined([remarked(call.text("api"), service), error]));
    if let Tree::Fields(affected) = call.at("affectedResources") {
        let of = |(kind, id): &(String, Tree)| Some(format!("{} ({kind})", id.as_text()?));
        lines.add_all("Affected", affected.iter().filter_map(of));
    }
    lines.add("Called by", call.text("domainDetails/domain"));
    lines.add("Remote address", address(call));
    let account = call.at("remoteAccountDetails");
    let foreign = account.text("affiliated").filter(|known| known == "false");
    let foreign = foreign.map(|_| "not in your organization".to_owned());
    lines.add("Remote account", remarked(account.text("accountId"), foreign));
    lines.add("User agent", call.text("userAgent"));
}

fn kubernetes(action: &Tree, lines: &mut Lines) {
    let call = action.at("kubernetesApiCallAction");
    let status = call.text("statusCode").map(|code| format!("status {code}"));
    let verb = call.text("verb").unwrap_or_default();
    let uri = call.first(&["requestUri", "resource"]);
    lines.add("Kubernetes call", remarked(uri.map(|uri| format!("{verb} {uri}")), status));
    lines.add("Namespace", call.text("namespace"));
    lines.add_all("Source IP", call.texts("sourceIPs"));
    lines.add("Remote address", address(call));
    lines.add("User agent", call.text("userAgent"));
    let checked = action.at("kubernetesPermissionCheckedDetails");
    let verb = checked.text("verb").unwrap_or_default();
    let resource = checked.text("resource").map(|resource| format!("{verb} {resource}"));
    lines.add("Permission checked", resource);
    let binding = action.at("kubernetesRoleBindingDetails");
    let role = binding.text("roleRefName").map(|role| format!("role {role}"));
    lines.add("Role binding", remarked(binding.text("name"), role));
    lines.add("Role", action.text("kubernetesRoleDetails/name"));
}

fn network(action: &Tree, lines: &mut Lines) {
    let blocked = |one: &Tree| one.is_true("blocked").then(|| "blocked".to_owned());
    let request = action.at("dnsRequestAction");
    lines.add("Domain", remarked(request.first(&["domain", "domainWithSuffix"]), blocked(request)));
    let connection = action.at("networkConnectionAction");
    let direction = connection.text("connectionDirection").map(|word| word.to_lowercase());
    let protocol = connection.text("protocol");
    let parts = [direction, protocol, port(connection, "localPortDetails"), blocked(connection)];
    lines.add("Connection", joined(parts));
    lines.add("Remote address", address(connection));
    let probe = action.at("portProbeAction");
    for one in probe.list("portProbeDetails") {
        lines.add("Probed", joined([port(one, "localPortDetails"), blocked(probe)]));
        lines.add("Remote address", address(one));
    }
}

fn port(of: &Tree, path: &str) -> Option<String> {
    let details = of.at(path);
    let name = details.text("portName").filter(|name| !name.eq_ignore_ascii_case("unknown"));
    remarked(details.text("port"), name).map(|port| format!("port {port}"))
}

/// The remote end of an action: `198.51.100.7 (Utrecht, Netherlands, Example Hosting, port 443)`.
fn address(action: &Tree) -> Option<String> {
    let remote = action.at("remoteIpDetails");
    let organization = remote.at("organization");
    let network = organization.first(&["org", "asnOrg", "isp"]);
    let number = organization.text("asn").map(|number| format!("AS{number}"));
    let about = joined([
        remote.text("city/cityName"),
        remote.first(&["country/countryName", "country/countryCode"]),
        network,
        number,
        port(action, "remotePortDetails"),
    ]);
    remarked(remote.first(&["ipAddressV4", "ipAddressV6"]), about)
}
