//! Held pages are sorted into those to tell, those that are over, and those that nobody can judge.

use muster_domain::finding::InactiveReason;
use muster_domain::incident::Actor;
use muster_domain::incident::escalation::Cursor;
use muster_domain::incident::send::{Delivery, DeliveryKey};
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::policy::Policy;
use muster_domain::value::channel::ChannelType;
use muster_domain::value::channel_key::ChannelKey;
use muster_domain::value::recipient::Recipient;
use serde_json::json;

use super::*;

/// An open incident whose id ends so.
fn incident(end: &str) -> Incident {
    let finding = json!({
        "identity": {"type": "guardduty", "id": end}, "source": "guardduty", "severity": "high",
        "incident_type": "malware", "finding_type": "Trojan:EC2/DNSDataExfiltration",
        "account": "111122223333", "region": "eu-central-1", "title": "A title",
        "description": "", "console_url": "https://console.aws.amazon.com/"
    });
    let finding = serde_json::from_value(finding).unwrap();
    let (policy, plan) = (Policy::default(), EscalationPlan::default());
    Incident::open(id(end), finding, &policy, plan, Timestamp::UNIX_EPOCH)
}

fn id(end: &str) -> IncidentId {
    format!("20261123-abcdefghj{end}").parse().unwrap()
}

/// A held text about the incident whose id ends so.
fn page(end: &str, unconfirmed: bool) -> HeldPage {
    let (contact, kind): (Recipient, _) = ("ada".parse().unwrap(), ChannelType::Sms);
    let channel = ChannelKey::first(kind).into();
    let key = DeliveryKey { cursor: Cursor::FIRST, contact: contact.clone(), channel, about: None };
    let state = DeliveryState::Held { not_before: Timestamp::UNIX_EPOCH };
    HeldPage {
        channel: PagedChannel { contact, kind, address: "a number".into() },
        incident: id(end),
        record: Delivery { key, state, attempts: 1, at: Timestamp::UNIX_EPOCH },
        unconfirmed,
    }
}

#[test]
fn a_page_that_nobody_can_judge_waits_and_the_others_go_on() {
    let now = Timestamp::UNIX_EPOCH;
    let answered =
        incident("b").acknowledge(Actor::Contact { contact: "bob".parse().unwrap() }, now);
    let stopped = incident("c").close_at_source(
        &incident("c").finding.identity,
        (InactiveReason::Archived, now),
        true,
        now,
    );
    let known = [incident("a"), answered.unwrap().unwrap(), stopped];
    let new = || Found {
        known: known.iter().map(|incident| (incident.id.clone(), incident.clone())).collect(),
        ..Found::default()
    };
    let unreadable = BTreeSet::from([id("d")]);
    let ends = |pages: &[HeldPage]| -> Vec<String> {
        pages.iter().map(|page| page.incident.as_str().chars().last().unwrap().into()).collect()
    };
    let check = |pages: &[HeldPage], live: &[&str], over: &[&str], others: bool| {
        let mut found = new();
        let gone = found.sort(pages.to_vec(), &unreadable);
        assert_eq!((ends(&found.live), ends(&gone)), (strings(live), strings(over)), "{pages:?}");
        assert_eq!(found.others, others, "{pages:?}");
    };
    // Answered, stopped by its source, and deleted: nobody need hear of these.
    let every = ["a", "b", "c", "d", "e"].map(|end| page(end, false));
    check(&every, &["a"], &["b", "c", "e"], true);
    check(&every[..3], &["a"], &["b", "c"], false);
    // One that may have gone out asks for no digest of its own.
    check(&[page("d", true)], &[], &[], false);
    check(&[page("a", true), page("e", true)], &["a"], &["e"], false);
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
