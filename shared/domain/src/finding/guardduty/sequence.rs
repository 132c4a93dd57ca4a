//! What an attack sequence is made of: its resources, actors, addresses, indicators and signals.

use crate::finding::FindingIdentity;
use crate::finding::kind::label;
use crate::finding::lines::{Lines, joined, remarked, valued, worded};
use crate::finding::tree::Tree;

/// Returns the findings among a sequence's signals. `identity` makes one of a signal's id and the ARN
/// of its product, which ASFF gives and `GuardDuty` does not. Other signals are no findings.
pub(in crate::finding) fn signals(
    sequence: &Tree,
    identity: impl Fn(&str, Option<&str>) -> FindingIdentity,
) -> Vec<FindingIdentity> {
    let signals = sequence.list("signals").iter().filter(|signal| signal.is("type", "FINDING"));
    let identity = |signal: &Tree| {
        let uid = signal.first(&["uid", "id"])?;
        Some(identity(&uid, signal.text("productArn").as_deref()))
    };
    signals.filter_map(identity).collect()
}

/// Returns the lines of a sequence, as `GuardDuty` and ASFF (`Detection.Sequence`) have it.
pub(in crate::finding) fn sequence_details(sequence: &Tree) -> Lines {
    let mut lines = Lines::default();
    resources(sequence, &mut lines);
    for actor in sequence.list("actors") {
        let user = actor.at("user");
        lines.add("User", remarked(user.first(&["name", "uid"]), user.text("type")));
        lines.add("Access key", user.text("credentialUid"));
        lines.add("User account", user.text("account/uid"));
        lines.add("Session issuer", actor.text("session/issuer"));
        let process = actor.at("process");
        lines.add("Process", process.first(&["path", "name"]));
    }
    let endpoints = sequence.list("endpoints").iter();
    lines.add_all("Remote address", endpoints.filter_map(endpoint));
    for indicator in sequence.list("sequenceIndicators") {
        let name =
            indicator.text("title").or_else(|| indicator.text("key").map(|key| worded(&key)));
        lines.add("Indicator", valued(name, &indicator.texts("values")));
    }
    let names = sequence.list("signals").iter();
    let names = names.filter_map(|signal| signal.first(&["name", "title", "type"]));
    // That a signal is a finding says nothing where it has no name.
    lines.add_all("Signals", names.filter(|name| *name != "FINDING"));
    lines
}

/// One line for each kind of resource: a sequence can name hundreds.
fn resources(sequence: &Tree, lines: &mut Lines) {
    let resources = sequence.list("resources");
    let labels = resources.iter().map(|one| label(&one.text("resourceType").unwrap_or_default()));
    let labels: Vec<&str> = labels.collect();
    for (index, name) in labels.iter().enumerate() {
        if labels[..index].contains(name) {
            continue;
        }
        let these = resources.iter().zip(&labels).filter(|(_, label)| *label == name);
        lines.add_all(name, these.clone().filter_map(|(one, _)| one.first(&["name", "uid"])));
        let images = these.clone().filter_map(|(one, _)| one.text("data/container/image"));
        lines.add_all("Container image", images);
        lines.add_all(
            "Namespace",
            these.clone().filter_map(|(one, _)| one.text("data/kubernetesWorkload/namespace")),
        );
        let users = these.filter_map(|(one, _)| {
            let key = one.at("data/accessKey");
            remarked(key.text("userName"), key.text("userType"))
        });
        lines.add_all("User", users);
    }
}

fn endpoint(endpoint: &Tree) -> Option<String> {
    let about = joined([
        endpoint.text("location/city"),
        endpoint.text("location/country"),
        endpoint.text("autonomousSystem/name"),
        endpoint.text("port").map(|port| format!("port {port}")),
    ]);
    remarked(endpoint.first(&["domain", "ip"]), about)
}
