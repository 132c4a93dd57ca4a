//! Turns: who is paged by what, and when not.

mod first_step;
mod organizations;
mod preview;
mod raised;
mod updates;

use jiff::SignedDuration;

use super::*;
use crate::finding::InactiveReason;
use crate::finding::drill::{Drill, DrillMode};
use crate::incident::send::{Delivery, DeliveryKey, DeliveryState};
use crate::incident::{Actor, Cause, Incident, IncidentStatus};
use crate::roster::contact::{Contact, ContactStatus};
use crate::roster::external::ExternalResource;
use crate::roster::plan::{EscalationPlan, Step, StepChannels};
use crate::roster::policy::Policy;
use crate::roster::team::{PageReason, People};
use crate::samples::{closed, incident, now, people, person};
use crate::value::channel::Channel;
use crate::value::channel::ChannelType::{Email, Sms, Voice};
use crate::value::id::ContactId;
use crate::value::severity::Severity;
use crate::value::stamps::Stamp;

/// The turn of an incident that no organization is part of and no earlier run paged for.
fn turn(incident: &Incident, cursor: Cursor, people: &People, at: Timestamp) -> Turn {
    plan_turn(incident, cursor, &Found::new(people, &[]), at)
}

/// `incident`, after a more severe finding joined it.
fn raised(incident: &Incident) -> Incident {
    let plan = incident.escalation_plan.clone();
    let cause = Cause::SeverityIncreased { from: Severity::Medium };
    incident.raise(&incident.finding, true, cause, (&Policy::default(), plan), now())
}

/// `incident`, after its acknowledgment timed out.
fn timed_out(incident: &Incident) -> Incident {
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    incident.acknowledge(ada, now()).unwrap().unwrap().lapse(now())
}

/// An organization with an e-mail address and a phone.
fn firm() -> ExternalResource {
    let draft = serde_json::json!({
        "id": "firm", "organization": "Retained Forensics", "type": "forensics",
        "contact_email": "hotline@forensics.example", "contact_phone": "+14255550180"
    });
    let draft: crate::roster::external::draft::ExternalResourceInput =
        serde_json::from_value(draft).unwrap();
    draft.check(None, None, &Stamp { by: "test".into(), at: now() }).unwrap()
}

#[test]
fn an_empty_roster_tells_the_emergency_topic_at_once() {
    let turn = turn(&incident(), Cursor::FIRST, &People::new(), now());
    assert_eq!(turn.emergency, Some(Emergency::NoContactToPage));
    assert!(matches!(turn.next, Next::Turn { .. }));
}

#[test]
fn acknowledged_and_resolved_incidents_page_nobody() {
    let people = people([person("ada", 1)]);
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let acknowledged = incident().acknowledge(ada.clone(), now()).unwrap().unwrap();
    let timeout = Turn::wait(SignedDuration::from_mins(240), Cursor::FIRST);
    assert_eq!(turn(&acknowledged, Cursor::FIRST, &people, now()), timeout);
    assert_eq!(acknowledged.acknowledge(ada.clone(), now()), Ok(None), "twice is once");
    let resolved = incident().resolve(ada.clone(), now()).unwrap();
    assert_eq!(turn(&resolved, Cursor::FIRST, &people, now()), Turn::OVER);
    assert!(resolved.acknowledge(ada.clone(), now()).is_err());
    assert_eq!(resolved.resolve(ada, now()), None);
}

#[test]
fn an_incident_that_its_source_stopped_pages_nobody() {
    let people = people([person("ada", 1)]);
    let stopped = incident().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, now()),
        true,
        now(),
    );
    assert_eq!(turn(&stopped, stopped.first_turn(), &people, now()), Turn::OVER);
    let told = incident().close_at_source(
        &incident().finding.identity,
        (InactiveReason::Resolved, now()),
        false,
        now(),
    );
    assert_eq!(turn(&told, told.first_turn(), &people, now()).pages.len(), 1);
}

#[test]
fn who_has_acknowledged_is_not_paged_again() {
    let people = people([person("ada", 1), person("bob", 2)]);
    let mut incident = incident();
    incident.escalation_plan.required_acknowledgments = 2;
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let incident = incident.acknowledge(ada, now()).unwrap().unwrap();
    let second = Cursor { step: 1, ..Cursor::FIRST };
    let turn = turn(&incident, second, &people, now());
    let pages: Vec<_> = turn.pages.iter().map(|page| page.contact.id.as_str()).collect();
    assert_eq!(pages, ["bob"]);
}

#[test]
fn the_backup_of_who_has_acknowledged_is_not_paged() {
    let with_backup = |id: &str, backup: &str| {
        let mut contact = person(id, 2);
        contact.backup_contact = Some(backup.parse().unwrap());
        contact
    };
    let mut incident = incident();
    incident.escalation_plan.required_acknowledgments = 2;
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let mut incident = incident.acknowledge(ada, now()).unwrap().unwrap();
    let second = Cursor { step: 1, ..Cursor::FIRST };
    let check = |incident: &Incident, bobs_backup: &str, targets: &[&str], expected: &[&str]| {
        let mut incident = incident.clone();
        incident.escalation_plan.steps[1].targets =
            targets.iter().map(|t| t.parse().unwrap()).collect();
        let team = [with_backup("ada", "lex"), with_backup("bob", bobs_backup)];
        let mut lead = person("kim", 4);
        lead.roles.push(crate::roster::role::Role::IncidentCommander);
        let rest = [person("lex", 4), person("max", 4), lead];
        let people = people(team.into_iter().chain(rest));
        let turn = turn(&incident, second, &people, now());
        let line = |page: &PersonPage| format!("{} {:?}", page.contact.id, page.reason);
        assert_eq!(turn.pages.iter().map(line).collect::<Vec<_>>(), expected, "{targets:?}");
        assert_eq!((turn.emergency, turn.fell_back), (None, false), "{targets:?}");
    };
    let of_bob =
        |id: &str| format!("{id} {:?}", PageReason::BackupOf { contact: "bob".parse().unwrap() });
    check(&incident, "max", &["backups"], &[&of_bob("max")]);
    // Also Bob's backup, who is needed in Bob's place.
    check(&incident, "lex", &["backups"], &[&of_bob("lex")]);
    // No one else is left to give the second acknowledgment.
    let of_ada = format!("lex {:?}", PageReason::BackupOf { contact: "ada".parse().unwrap() });
    check(&incident, "ada", &["backups"], &[&of_ada]);
    // Another target may call for the same contact.
    check(&incident, "max", &["backups", "contact:lex"], &[&of_bob("max"), "lex NamedInPlan"]);
    // In the next run, the acknowledgment no longer counts.
    incident.previous_acknowledgments = 1;
    check(&incident, "lex", &["backups"], &[&of_ada]);
}

#[test]
fn calls_come_first_out_of_hours() {
    let kinds = |incident: &Incident, people: &People, step| {
        let turn = turn(incident, Cursor { step, ..Cursor::FIRST }, people, now());
        turn.pages[0].channels.iter().map(Channel::kind).collect::<Vec<_>>()
    };
    let awake = people([person("ada", 1)]);
    assert_eq!(kinds(&incident(), &awake, 0), [Email, Sms, Voice]);
    assert_eq!(kinds(&incident(), &awake, 1), [Email, Sms, Voice]);
    let mut sleeper = person("ada", 1);
    sleeper.availability = closed();
    let mut critical = incident();
    critical.severity = crate::value::severity::Severity::Critical;
    assert_eq!(kinds(&critical, &people([sleeper]), 0), [Voice, Email, Sms]);
}

#[test]
fn when_nothing_went_out_the_emergency_topic_is_told() {
    let record = |channel: &str, state| Delivery {
        key: DeliveryKey {
            cursor: Cursor::FIRST,
            contact: "ada".parse().unwrap(),
            channel: channel.parse().unwrap(),
            about: None,
        },
        state,
        attempts: 1,
        at: now(),
    };
    let failed =
        |passing| DeliveryState::Failed { error: "InvalidParameter".into(), retryable: passing };
    let sent = || DeliveryState::Sent { message_id: "m".into() };
    let people = people([person("ada", 1)]);
    let check = |records: &[Delivery], expected| {
        let turn = turn(&incident(), Cursor::FIRST, &people, now()).with_outcome(records, now());
        assert_eq!(turn.emergency, expected, "{records:?}");
    };
    let nothing = Some(Emergency::AllPagesFailed);
    check(&[], None);
    check(&[record("sms", failed(false)), record("email", sent())], None);
    check(&[record("sms", failed(false)), record("email", failed(true))], None);
    check(&[record("sms", failed(false)), record("voice", DeliveryState::Unavailable)], nothing);
    // Told already: the turn still says so, and the record keeps it from being told twice.
    check(&[record("sms", failed(false)), record("topic", sent())], nothing);
}

#[test]
fn targets_call_whom_they_name() {
    let mut cid = person("cid", 2);
    cid.roles.push(crate::roster::role::Role::TechnicalLead);
    let mut gone = person("gone", 3);
    gone.status = crate::roster::contact::ContactStatus::Departed;
    gone.backup_contact = Some("lex".parse().unwrap());
    let people = people([person("ada", 1), person("bob", 2), cid, gone, person("lex", 4)]);
    let check = |targets: &[&str], expected: &[&str]| {
        let mut incident = incident();
        incident.escalation_plan.steps[0].targets =
            targets.iter().map(|t| t.parse().unwrap()).collect();
        let turn = turn(&incident, Cursor::FIRST, &people, now());
        let line = |page: &PersonPage| format!("{} {:?}", page.contact.id, page.reason);
        assert_eq!(turn.pages.iter().map(line).collect::<Vec<_>>(), expected, "{targets:?}");
        assert_eq!(turn.fell_back, expected[0].ends_with("Fallback"));
        wanted(&incident, Cursor::FIRST)
    };
    let all = check(&["role:technical_lead"], &["cid Role { role: TechnicalLead }"]);
    assert_eq!((all.highest_level, all.contacts.len()), (4, 0), "a role may be at any level");
    check(&["level:4"], &["lex Level { level: 4 }"]);
    // Nobody twice, whatever calls for them.
    check(&["contact:bob", "level:2"], &["bob NamedInPlan", "cid Level { level: 2 }"]);
    let named = check(&["contact:gone"], &["lex CoveringFor { contact: ContactId(\"gone\") }"]);
    assert_eq!(named.contacts, ["gone".parse().unwrap()]);
    // Nobody there: the commanders take over.
    check(&["contact:unknown", "role:legal_counsel"], &["lex Role { role: LegalCounsel }"]);
    check(&["level:3", "role:communications_lead"], &["ada Fallback"]);
}

#[test]
fn an_acknowledgement_lapses_if_the_plan_says_so() {
    let people = people([person("ada", 1), person("bob", 2)]);
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let mut incident = incident();
    incident.escalation_plan.acknowledgment_timeout_minutes = Some(60);
    let acknowledged = incident.acknowledge(ada.clone(), now()).unwrap().unwrap();
    let waiting = turn(&acknowledged, Cursor::FIRST, &people, now() + SignedDuration::from_mins(1));
    let wait = SignedDuration::from_mins(59);
    assert_eq!(waiting, Turn::wait(wait, Cursor::FIRST));
    assert_eq!(acknowledged.lapses_at(), Some(now() + SignedDuration::from_mins(60)));
    let lapsed = acknowledged.lapse(now());
    assert_eq!((lapsed.status, lapsed.run, lapsed.lapses_at()), (IncidentStatus::Open, 2, None));
    // The first escalation is over, the second pages everybody: what ada said has lapsed.
    assert_eq!(turn(&lapsed, Cursor::FIRST, &people, now()), Turn::OVER);
    let again = turn(&lapsed, lapsed.first_turn(), &people, now());
    assert_eq!(again.pages.len(), 2);
    let answered = lapsed.acknowledge(ada, now()).unwrap().unwrap();
    assert_eq!(answered.status, IncidentStatus::Acknowledged);
}

#[test]
fn a_provider_that_refuses_everything_is_told_of() {
    let people = people([person("ada", 1), person("bob", 2)]);
    let turn = turn(&incident(), Cursor::FIRST, &people, now());
    let record = |contact: &str, channel: &str, state: DeliveryState| Delivery {
        key: DeliveryKey {
            cursor: Cursor::FIRST,
            contact: contact.parse().unwrap(),
            channel: channel.parse().unwrap(),
            about: None,
        },
        state,
        attempts: 3,
        at: now(),
    };
    let out =
        |contact, channel| record(contact, channel, DeliveryState::Sent { message_id: "m".into() });
    let refused = |contact, channel, passing| {
        record(contact, channel, DeliveryState::Failed { error: "x".into(), retryable: passing })
    };
    let check = |records: &[Delivery], expected: Option<Emergency>| {
        assert_eq!(turn.clone().with_outcome(records, now()).emergency, expected, "{records:?}");
    };
    let (ada, bob) = (out("ada", "sms"), out("bob", "sms"));
    let fails = Some(Emergency::ChannelFailed);
    check(&[ada.clone(), refused("ada", "email", false), out("bob", "email")], None);
    // One address may be wrong; several are not, and neither is what may work later.
    check(&[ada.clone(), refused("ada", "email", false)], None);
    check(&[ada.clone(), refused("ada", "email", true)], fails);
    let both = [refused("ada", "email", false), refused("bob", "email", false)];
    check(&[&[ada, bob][..], &both[..]].concat(), fails);
    check(&both, Some(Emergency::AllPagesFailed));
    // A second number is of the same provider.
    let further = [out("ada", "sms"), refused("bob", "sms-2", false)];
    check(&further, None);
    let further =
        [out("ada", "email"), refused("ada", "sms", false), refused("ada", "sms-2", false)];
    check(&further, fails);
    check(&[record("ada", "voice", DeliveryState::Unavailable), out("ada", "sms")], None);
}
