//! Which sends go out first, how many at a time, and when all are known.

use muster_domain::incident::escalation::Next;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::team::PageReason;
use muster_domain::value::channel::ChannelType;
use muster_domain::value::stamps::Stamp;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T03:00:00Z".parse().unwrap()
}

fn contact(name: &str, level: u8) -> Contact {
    let draft = serde_json::json!({
        "name": name, "roles": ["technical_lead"], "escalation_level": level, "time_zone": "UTC",
        "channels": [
            {"type": "sms", "address": "+14255550101"},
            {"type": "email", "address": format!("{name}@example.com")}
        ]
    });
    let draft: muster_domain::roster::contact::draft::ContactInput =
        serde_json::from_value(draft).unwrap();
    draft.check(None, None, &Stamp { by: "test".into(), at: now() }).unwrap()
}

fn turn(contacts: impl IntoIterator<Item = Contact>) -> Turn {
    let page = |contact: Contact| PersonPage {
        channels: contact.channels.clone(),
        contact,
        reason: PageReason::Team,
        update: false,
    };
    Turn {
        pages: contacts.into_iter().map(page).collect(),
        externals: Vec::new(),
        only_externals: false,
        fell_back: false,
        emergency: None,
        next: Next::End,
    }
}

/// The records of these claims after each of them went out.
fn sent(claims: &Claims) -> Vec<Delivery> {
    let end = |sending: &Sending| Delivery {
        state: DeliveryState::Sent { message_id: "m".into() },
        ..sending.record.clone()
    };
    claims.sendings.iter().map(end).collect()
}

#[test]
fn the_lowest_levels_go_first_and_the_emergency_topic_before_them() {
    let mut turn = turn([contact("late", 4), contact("second", 2), contact("first", 1)]);
    turn.emergency = Some(muster_domain::incident::escalation::Emergency::AllPagesFailed);
    let mut claims = Claims::new("me", now());
    claims.decide(&turn, Cursor::FIRST, &[]).unwrap();
    let order: Vec<_> = claims.new.iter().map(|record| record.key.contact.to_string()).collect();
    assert_eq!(order, ["topic:emergency", "first", "first", "second", "second", "late", "late"]);
    assert!(!claims.more);
}

#[test]
fn many_sends_are_claimed_part_by_part_and_each_once() {
    let turn = turn((0..100).map(|number| contact(&format!("person{number:03}"), 2)));
    let mut claims = Claims::new("me", now());
    let mut records: Vec<Delivery> = Vec::new();
    let mut parts = Vec::new();
    loop {
        claims.decide(&turn, Cursor::FIRST, &records).unwrap();
        assert!(!complete(&turn, Cursor::FIRST, &records));
        parts.push(claims.sendings.len());
        records.extend(sent(&claims));
        if !claims.more {
            break;
        }
    }
    assert_eq!(parts, [64, 64, 64, 8]);
    assert!(complete(&turn, Cursor::FIRST, &records));
    let mut keys: Vec<_> = records.iter().map(|record| record.key.clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 200);
    // Another run, after one that stopped: it takes what is left, and nothing twice.
    let mut other = Claims::new("other", now());
    other.decide(&turn, Cursor::FIRST, &records[..150]).unwrap();
    assert_eq!((other.sendings.len(), other.more), (50, false));
    other.decide(&turn, Cursor::FIRST, &records).unwrap();
    assert!(other.sendings.is_empty());
}

#[test]
fn an_outcome_is_known_when_each_send_is_on_record() {
    let turn = turn([contact("ada", 1)]);
    let mut claims = Claims::new("me", now());
    claims.decide(&turn, Cursor::FIRST, &[]).unwrap();
    let records = sent(&claims);
    assert!(!complete(&turn, Cursor::FIRST, &[]));
    assert!(!complete(&turn, Cursor::FIRST, &records[..1]));
    assert!(complete(&turn, Cursor::FIRST, &records));
    let second = Cursor { step: 1, ..Cursor::FIRST };
    assert!(!complete(&turn, second, &records), "of another turn");
    assert_eq!(records[0].key.channel.kind(), Some(ChannelType::Sms));
}
