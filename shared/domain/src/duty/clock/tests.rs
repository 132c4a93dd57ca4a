//! Clocks from start to end, and whom they call.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::roster::contact::ContactStatus;
use crate::roster::external::NotificationObligation;
use crate::samples::{incident, now, people, person};
use crate::value::incident_type::IncidentType;

fn regulator(hours: &[u32]) -> ExternalResource {
    let duty = |hours: &u32| NotificationObligation {
        incident_types: BTreeSet::from([IncidentType::Malware]),
        within_hours: NonZeroU32::new(*hours).unwrap(),
    };
    let draft = serde_json::json!({
        "organization": "Data <Protection> Authority", "type": "regulator",
        "contact_email": "desk@dpa.example"
    });
    let draft: crate::roster::external::draft::ExternalResourceInput =
        serde_json::from_value(draft).unwrap();
    let stamp = crate::value::stamps::Stamp { by: "test".into(), at: now() };
    let resource = draft.check(None, None, &stamp).unwrap();
    ExternalResource { notification_obligations: hours.iter().map(duty).collect(), ..resource }
}

fn clock() -> NotificationDeadline {
    NotificationDeadline::start(&incident(), (incident().r#type, now()), &regulator(&[96, 72]))
        .unwrap()
}

#[test]
fn the_shortest_duty_counts() {
    let clock = clock();
    assert_eq!(clock.within_hours.get(), 72);
    assert_eq!(clock.deadline, now() + SignedDuration::from_hours(72));
    assert!(
        NotificationDeadline::start(&incident(), (incident().r#type, now()), &regulator(&[]))
            .is_none()
    );
}

#[test]
fn stages() {
    let hour = |hours: i64| now() + SignedDuration::from_hours(hours);
    let mut clock = clock();
    assert_eq!(clock.due(hour(0)), Some(DeadlineStage::Started));
    clock = clock.told(DeadlineStage::Started);
    assert_eq!((clock.due(hour(35)), clock.next_at()), (None, Some(hour(36))));
    assert_eq!(clock.due(hour(36)), Some(DeadlineStage::Halfway));
    // Nobody looked for a day and a half: the last warning alone counts.
    assert_eq!(clock.due(hour(67)), Some(DeadlineStage::DueSoon));
    clock = clock.told(DeadlineStage::DueSoon);
    assert_eq!((clock.due(hour(70)), clock.next_at()), (None, Some(hour(72))));
    assert_eq!(clock.due(hour(72)), Some(DeadlineStage::Overdue));
    let over = clock.clone().told(DeadlineStage::Overdue);
    assert_eq!((over.due(hour(99)), over.next_at()), (None, None));
    let done = clock.finish("ada".into(), hour(71), Some("4711".into())).unwrap();
    assert_eq!((done.due(hour(80)), done.next_at()), (None, None));
    assert!(done.finish("bob".into(), hour(72), None).is_none());
}

#[test]
fn who_is_told() {
    let ids = |people: &People, keeper: Option<&str>| {
        let keeper = keeper.map(|id| id.parse().unwrap());
        let told = recipients(people, keeper.as_ref(), now());
        told.iter().map(|c| c.id.to_string()).collect::<Vec<_>>()
    };
    let mut lex = person("lex", 4);
    let mut com = person("com", 3);
    com.roles = vec![Role::CommunicationsLead];
    com.availability = crate::samples::closed();
    let everybody = people([person("ada", 1), com.clone(), lex.clone(), person("kim", 2)]);
    assert_eq!(ids(&everybody, Some("kim")), ["com", "lex", "kim"], "outside their hours too");
    assert_eq!(ids(&everybody, Some("lex")), ["com", "lex"], "nobody twice");
    lex.status = ContactStatus::OnLeave { until: "2026-12-24".parse().unwrap() };
    lex.backup_contact = Some("kim".parse().unwrap());
    com.status = ContactStatus::Departed;
    assert_eq!(ids(&people([com.clone(), lex, person("kim", 2)]), None), ["kim"]);
    assert_eq!(ids(&people([person("ada", 1), com]), None), ["ada"], "commanders, if nobody else");
}

#[test]
fn words() {
    let (clock, incident) = (clock(), incident());
    let at = now() + SignedDuration::from_hours(36);
    let mail = clock.mail(DeadlineStage::Halfway, &incident, at);
    insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    for stage in DeadlineStage::ALL {
        let text = clock.text(stage, &incident, clock.reached_at(stage));
        assert!(text.is_ascii() && text.len() <= 160, "{} {text}", text.len());
    }
    let over = clock.mail(DeadlineStage::Overdue, &incident, clock.deadline);
    assert!(over.subject.contains("deadline PASSED"), "{}", over.subject);
}

#[test]
fn a_drills_text_is_one_part_too_and_names_nobody() {
    let mut incident = incident();
    incident.finding.drill = Some(crate::finding::drill::Drill::default());
    let clock = NotificationDeadline { drill: true, ..clock() };
    for (severity, kind) in
        Severity::ALL.into_iter().flat_map(|s| IncidentType::ALL.map(|kind| (s, kind)))
    {
        (incident.severity, incident.r#type) = (severity, kind);
        for stage in DeadlineStage::ALL {
            let text = clock.text(stage, &incident, clock.reached_at(stage));
            assert!(text.starts_with("DRILL MUSTER") && !text.contains("Authority"), "{text}");
            assert!(text.is_ascii() && text.len() <= 160, "{} {text}", text.len());
        }
    }
}

proptest! {
    #[test]
    fn nobody_is_told_twice_of_a_stage(looks in proptest::collection::vec(0i64..100, 1..40)) {
        let (mut clock, mut told) = (clock(), Vec::new());
        let mut looks = looks;
        looks.sort_unstable();
        for hours in looks {
            if let Some(stage) = clock.due(now() + SignedDuration::from_hours(hours)) {
                prop_assert!(told.last().is_none_or(|last| *last < stage));
                told.push(stage);
                clock = clock.told(stage);
            }
        }
        prop_assert!(told.len() <= DeadlineStage::ALL.len());
    }
}

#[test]
fn findings_that_join_bring_their_duties() {
    let hour = |hours: i64| now() + SignedDuration::from_hours(hours);
    let joined = |hours: u32, at: Timestamp| {
        let within_hours = NonZeroU32::new(hours).unwrap();
        let incident_types = BTreeSet::from([IncidentType::DataExposure]);
        let mut authority = regulator(&[72]);
        authority
            .notification_obligations
            .push(NotificationObligation { incident_types, within_hours });
        NotificationDeadline::start(&incident(), (IncidentType::DataExposure, at), &authority)
            .unwrap()
    };
    let first = clock().told(DeadlineStage::Started);
    assert!(first.joined_by(&clock()).is_none(), "the same type again");

    // A longer duty changes no deadline and is not announced.
    let later = first.joined_by(&joined(96, hour(1))).unwrap();
    assert_eq!((later.deadline, later.due(hour(1)), later.restarts), (first.deadline, None, 0));
    assert_eq!(later.version, first.version + 1);

    // A shorter one takes over and is announced from its start.
    let shorter = first.joined_by(&joined(4, hour(1))).unwrap();
    assert_eq!((shorter.started_at, shorter.deadline), (hour(1), hour(5)));
    assert_eq!((shorter.due(hour(1)), shorter.restarts), (Some(DeadlineStage::Started), 1));
    assert_eq!((first.again().as_str(), shorter.again().as_str()), ("", "#1"));
    let (_, text) = shorter.fact(DeadlineStage::Started);
    assert!(text.contains("malware, data exposure"), "{text}");
    assert!(shorter.joined_by(&joined(4, hour(2))).is_none(), "counted");

    // The report that was made did not include it.
    let done = first.finish("ada".into(), hour(1), None).unwrap();
    let again = done.joined_by(&joined(4, hour(2))).unwrap();
    assert_eq!((again.notified.clone(), again.due(hour(2))), (None, Some(DeadlineStage::Started)));
}

#[test]
fn clocks_of_older_versions_are_read() {
    let mut stored = serde_json::to_value(clock()).unwrap();
    for name in ["incident_types", "restarts"] {
        stored.as_object_mut().unwrap().remove(name);
    }
    let read: NotificationDeadline = serde_json::from_value(stored).unwrap();
    assert!(read.incident_types.is_empty() && read.joined_by(&clock()).is_some());
}
