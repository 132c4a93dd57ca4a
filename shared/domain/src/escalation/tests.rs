//! Turns: who is paged by what, and when not.

use super::*;
use crate::channel::ChannelType::{Email, Sms, Voice};
use crate::incident::Actor;
use crate::samples::{closed, incident, now, people, person};
use crate::send::{SendKey, SendState};

#[test]
fn an_empty_roster_tells_the_emergency_topic_at_once() {
    let turn = turn(&incident(), Cursor::FIRST, &People::new(), now());
    assert_eq!(turn.emergency, Some(Emergency::NobodyToPage));
    assert!(matches!(turn.next, Next::Turn { .. }));
}

#[test]
fn acknowledged_and_resolved_incidents_page_nobody() {
    let people = people([person("ada", 1)]);
    let ada = Actor::Contact("ada".parse().unwrap());
    let acknowledged = incident().acknowledge(ada.clone(), now()).unwrap().unwrap();
    assert_eq!(turn(&acknowledged, Cursor::FIRST, &people, now()), OVER);
    assert_eq!(acknowledged.acknowledge(ada.clone(), now()), Ok(None), "twice is once");
    let resolved = incident().resolve(ada.clone(), now()).unwrap();
    assert_eq!(turn(&resolved, Cursor::FIRST, &people, now()), OVER);
    assert!(resolved.acknowledge(ada.clone(), now()).is_err());
    assert_eq!(resolved.resolve(ada, now()), None);
}

#[test]
fn who_has_acknowledged_is_not_paged_again() {
    let people = people([person("ada", 1), person("bob", 2)]);
    let mut incident = incident();
    incident.plan.acknowledgements = 2;
    let ada = Actor::Contact("ada".parse().unwrap());
    let incident = incident.acknowledge(ada, now()).unwrap().unwrap();
    let second = Cursor { step: 1, ..Cursor::FIRST };
    let turn = turn(&incident, second, &people, now());
    let pages: Vec<_> = turn.pages.iter().map(|page| page.contact.id.as_str()).collect();
    assert_eq!(pages, ["bob"]);
}

#[test]
fn calls_come_first_late_and_out_of_hours() {
    let kinds = |incident: &Incident, people: &People, step| {
        let turn = turn(incident, Cursor { step, ..Cursor::FIRST }, people, now());
        turn.pages[0].channels.iter().map(Channel::kind).collect::<Vec<_>>()
    };
    let awake = people([person("ada", 1)]);
    assert_eq!(kinds(&incident(), &awake, 0), [Email, Sms, Voice]);
    assert_eq!(kinds(&incident(), &awake, 1), [Voice, Email, Sms]);
    let mut sleeper = person("ada", 1);
    sleeper.availability = closed();
    let mut critical = incident();
    critical.severity = crate::Severity::Critical;
    assert_eq!(kinds(&critical, &people([sleeper]), 0), [Voice, Email, Sms]);
}

#[test]
fn when_nothing_went_out_the_emergency_topic_is_told() {
    let record = |channel: &str, state| SendRecord {
        key: SendKey { cursor: Cursor::FIRST, contact: "ada".into(), channel: channel.into() },
        state,
        tries: 1,
        at: now(),
    };
    let failed = |passing| SendState::Failed { error: "InvalidParameter".into(), passing };
    let sent = || SendState::Sent { message_id: "m".into() };
    let people = people([person("ada", 1)]);
    let check = |records: &[SendRecord], expected| {
        let turn = turn(&incident(), Cursor::FIRST, &people, now()).with_outcome(records, now());
        assert_eq!(turn.emergency, expected, "{records:?}");
    };
    let nothing = Some(Emergency::NothingWentOut);
    check(&[], None);
    check(&[record("sms", failed(false)), record("email", sent())], None);
    check(&[record("sms", failed(false)), record("email", failed(true))], None);
    check(&[record("sms", failed(false)), record("voice", SendState::Unavailable)], nothing);
    // Told already: the turn still says so, and the record keeps it from being told twice.
    check(&[record("sms", failed(false)), record("topic", sent())], nothing);
}
