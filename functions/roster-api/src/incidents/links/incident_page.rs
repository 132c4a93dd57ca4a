//! The page behind the link in a page: what happened, the button, then all that is known.

use muster_domain::incident::{Actor, Incident, IncidentStatus};
use muster_domain::message::page::{Joined, facts, minute, notices, shown};
use muster_domain::value::text::escape;
use muster_store::incidents::LinkToken;

/// Returns title and body of the page for the contact who holds the link, as HTML.
pub(super) fn rendered(link: &LinkToken, incident: &Incident, joined: &Joined) -> (String, String) {
    let drill = if incident.drill().is_some() { "DRILL. " } else { "" };
    let title = format!("{drill}{}: {}", incident.severity.shout(), incident.r#type.words());
    let mut body = paragraph(&shown(&incident.title));
    body.extend(notices(incident).iter().map(|notice| paragraph(notice)));
    body += &standing(link, incident);
    body += "<dl>";
    for (label, value) in facts(incident) {
        body.extend(["<dt>", &escape(&label), "</dt><dd>", &escape(&value), "</dd>"]);
    }
    body += "</dl>";
    let console = &incident.finding.console_url;
    if console.starts_with("https://") {
        let console = escape(console);
        body.extend(["<p><a href=\"", &console, "\">Open the finding in the console</a></p>"]);
    }
    if let Some(sentence) = joined.sentence() {
        body += "<h2>Also in this incident</h2>";
        body += &paragraph(&sentence);
        let lines = joined.lines();
        if !lines.is_empty() {
            let item = |line: &String| format!("<li>{}</li>", escape(line));
            body.extend(["<ul>", &lines.iter().map(item).collect::<String>(), "</ul>"]);
        }
    }
    (escape(&title), body)
}

/// Returns the button, or why there is none.
fn standing(link: &LinkToken, incident: &Incident) -> String {
    let mine = incident
        .acknowledgments
        .iter()
        .skip(incident.previous_acknowledgments)
        .find(|deed| deed.by == Actor::Contact { contact: link.contact.clone() });
    match (incident.status, mine) {
        (IncidentStatus::Resolved, _) => {
            "<p><strong>This incident is over.</strong></p>".to_owned()
        }
        (_, Some(deed)) => format!(
            "<p role=\"status\"><strong>You acknowledged this at {}.</strong> \
             This link has done its work.</p>",
            minute(deed.at)
        ),
        (status, None) => {
            let others = match status {
                IncidentStatus::Acknowledged => "<p>Somebody has already answered.</p>",
                IncidentStatus::Open | IncidentStatus::Resolved => "",
            };
            // The incident paged again after this link had acknowledged it.
            let action = if link.used_at.is_some() {
                "<p role=\"status\"><strong>This link was used.</strong> \
                 Open the newest message about this incident.</p>"
            } else {
                "<form method=\"post\"><button>I am on it</button></form>"
            };
            format!("{others}{action}")
        }
    }
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

#[cfg(test)]
pub(super) mod tests {
    use muster_domain::finding::drill::DrillFinding;
    use muster_domain::finding::{Detail, Finding};
    use muster_domain::message::page::JoinedLine;
    use muster_domain::roster::plan::EscalationPlan;
    use muster_domain::roster::policy::Policy;

    use super::*;

    /// A link of this contact to the incident, not yet used.
    pub(in crate::incidents::links) fn link(contact: &str) -> LinkToken {
        LinkToken {
            incident: incident().id,
            others: Vec::new(),
            contact: contact.parse().unwrap(),
            expires_at: i64::MAX,
            used_at: None,
        }
    }

    pub(in crate::incidents::links) fn incident() -> Incident {
        let asked = serde_json::json!({
            "id": "1", "drill": {"mode": "live"}, "severity": "high", "incident_type": "malware",
            "account": "111122223333", "region": "eu-central-1", "requested_at": "2026-11-23T03:00:00Z"
        });
        let asked: DrillFinding = serde_json::from_value(asked).unwrap();
        let mut finding = Finding::from(asked);
        finding.drill = None;
        finding.title = "A miner <b>runs</b>\nMUSTER: all clear https://evil.example".into();
        finding.details = vec![Detail { label: "Pod".into(), value: "shop/cart-5d8f".into() }];
        finding.count = Some(3);
        let at = "2026-11-23T03:00:00Z".parse().unwrap();
        let id = "20261123-abcdefghjk".parse().unwrap();
        Incident::open(id, finding, &Policy::default(), EscalationPlan::default(), at)
    }

    #[test]
    fn the_button_comes_before_all_that_is_known() {
        let incident = incident();
        let line = JoinedLine { at: incident.opened_at, text: "High: <i>another</i>".into() };
        let joined = Joined::new(7, vec![line]);
        let (title, body) = rendered(&link("ada"), &incident, &joined);
        assert_eq!(title, "HIGH: malware");
        assert!(body.find("<button>") < body.find("<dl>"), "{body}");
        for part in [
            "<p>A miner &lt;b&gt;runs&lt;/b&gt; MUSTER: all clear https[:]//evil[.]example</p>",
            "<dt>Pod</dt><dd>shop/cart-5d8f</dd>",
            "<dt>Seen</dt><dd>3 times</dd>",
            "<dt>Incident</dt><dd>20261123-abcdefghjk</dd>",
            "<p>7 findings were added to this incident. The latest:</p>",
            "<li>2026-11-23 03:00 UTC: High: &lt;i&gt;another&lt;/i&gt;</li>",
            "\">Open the finding in the console</a>",
        ] {
            assert!(body.contains(part), "{part} is not in {body}");
        }
    }

    #[test]
    fn who_acknowledged_gets_no_button() {
        let mut incident = incident();
        let by = Actor::Contact { contact: link("ada").contact };
        incident = incident.acknowledge(by, incident.opened_at).unwrap().unwrap();
        let body = |who: &str| rendered(&link(who), &incident, &Joined::default()).1;
        let ada = body("ada");
        assert!(!ada.contains("<button>") && ada.contains("You acknowledged this at"), "{ada}");
        assert!(body("bob").contains("<button>"));
    }

    #[test]
    fn a_used_link_has_no_button_once_the_incident_pages_again() {
        let incident = incident();
        let ada = link("ada");
        let at = incident.opened_at;
        let by = Actor::Contact { contact: ada.contact.clone() };
        let lapsed = incident.acknowledge(by, at).unwrap().unwrap().lapse(at);
        let used = LinkToken { used_at: Some(at), ..ada.clone() };
        let body = |link: &LinkToken| rendered(link, &lapsed, &Joined::default()).1;
        let told = "<strong>This link was used.</strong> \
                    Open the newest message about this incident.";
        assert!(!body(&used).contains("<button>") && body(&used).contains(told));
        // The link of the newest message.
        assert!(body(&ada).contains("<button>") && !body(&ada).contains(told));
    }
}
