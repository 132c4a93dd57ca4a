//! Who acted in an OCSF finding: its evidences, which for `GuardDuty` are the actions.

use crate::finding::lines::{Lines, joined, remarked};
use crate::finding::tree::Tree;

/// Adds the lines of an `actor` object.
pub(super) fn actor(actor: &Tree, lines: &mut Lines) {
    let user = actor.at("user");
    lines.add("User", remarked(user.first(&["name", "uid"]), user.text("type")));
    lines.add("Access key", user.text("credential_uid"));
    lines.add("User account", user.text("account/uid"));
    lines.add("Session issuer", actor.text("session/issuer"));
    process(actor.at("process"), lines);
}

/// Adds the lines of one evidence.
pub(super) fn evidence(evidence: &Tree, lines: &mut Lines) {
    actor(evidence.at("actor"), lines);
    process(evidence.at("process"), lines);
    let api = evidence.at("api");
    let service = api.text("service/name").map(|name| name.replace(".amazonaws.com", ""));
    let error = api.text("response/error").map(|code| format!("refused with {code}"));
    lines.add("API call", joined([remarked(api.text("operation"), service), error]));
    if let Tree::Fields(affected) = evidence.at("data/affected_resource") {
        let of = |(kind, id): &(String, Tree)| Some(format!("{} ({kind})", id.as_text()?));
        lines.add_all("Affected", affected.iter().filter_map(of));
    }
    lines.add("Domain", evidence.text("query/hostname"));
    lines.add("URL", evidence.text("url/url_string"));
    lines.add("File", evidence.first(&["file/path", "file/name"]));
    lines.add("Container image", evidence.first(&["container/image/name", "container/image/uid"]));
    let connection = evidence.at("connection_info");
    let words = joined([connection.text("direction"), connection.text("protocol_name")]);
    lines.add("Connection", words.map(|words| words.to_lowercase()));
    lines.add("Source address", endpoint(evidence.at("src_endpoint")));
    lines.add("Destination address", endpoint(evidence.at("dst_endpoint")));
    lines.add("User agent", evidence.text("http_request/user_agent"));
}

fn process(process: &Tree, lines: &mut Lines) {
    let user = process.text("user/name").map(|user| format!("user {user}"));
    let id = process.text("pid").map(|id| format!("process ID {id}"));
    let name = process.first(&["file/path", "path", "name"]);
    lines.add("Process", remarked(name, joined([user, id])));
    lines.add("Command", process.text("cmd_line"));
}

fn endpoint(endpoint: &Tree) -> Option<String> {
    let system = endpoint.at("autonomous_system");
    let about = joined([
        endpoint.text("location/city"),
        endpoint.text("location/country"),
        system.text("name"),
        system.text("number").map(|number| format!("AS{number}")),
        endpoint.text("port").map(|port| format!("port {port}")),
    ]);
    remarked(endpoint.first(&["ip", "domain", "hostname", "uid"]), about)
}
