//! Every public text and call with the longest values: one SMS part, and a call of 25 seconds.

use super::super::*;
use crate::duty::clock::{DeadlineStage, NotificationDeadline};
use crate::finding::InactiveReason;
use crate::finding::drill::Drill;
use crate::incident::{ClosedAtSource, IncidentStatus};
use crate::samples::{incident, now};
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;

/// The longest link: China's domain is longer.
const LONGEST: &str =
    "https://a1b2c3d4e5.execute-api.cn-northwest-1.amazonaws.com.cn/ack/AAAAAAAAAAAAAAAAAAAAAA";
const LONG: &str =
    "https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA";

/// An incident of every type and severity, real and as a drill.
fn every() -> impl Iterator<Item = Incident> {
    let pairs = IncidentType::ALL.into_iter().flat_map(|kind| Severity::ALL.map(|s| (kind, s)));
    pairs.flat_map(|(kind, severity)| {
        let real = [None, Some(Drill::default())].into_iter();
        real.flat_map(move |drill| {
            [IncidentStatus::Open, IncidentStatus::Acknowledged].map(|status| {
                let mut incident = incident();
                (incident.r#type, incident.severity, incident.status) = (kind, severity, status);
                // Every other one is closed at its source.
                let state = InactiveReason::Suppressed;
                let closed = (status == IncidentStatus::Open).then_some(ClosedAtSource {
                    finding: None,
                    state,
                    at: now(),
                    stopped: false,
                });
                incident.closed_at_source = closed.filter(|_| severity != Severity::High);
                incident.finding.drill.clone_from(&drill);
                incident
            })
        })
    })
}

fn updates() -> Vec<Update> {
    let line = JoinedLine { at: now(), text: "Critical: a title".into() };
    let from = Severity::ALL.map(|from| Update::SeverityIncreased { from });
    let added = Severity::ALL.map(|severity| Update::FindingAdded { severity, line: line.clone() });
    let days = [1, 2, 10, 365].map(|days| Update::Unresolved { days });
    from.into_iter().chain(added).chain(days).collect()
}

/// Digests of an incident, and whether each is about one.
fn digests(incident: &Incident) -> impl Iterator<Item = (Vec<Entry>, bool)> {
    let entry = |paged, updates| Entry { incident: incident.clone(), paged, updates };
    let page = entry(true, Vec::new());
    let numbers = [1, 2, 1000].map(|number| (vec![page.clone(); number], number == 1));
    let told = updates().into_iter().map(|update| entry(false, vec![update])).collect::<Vec<_>>();
    let each = told.clone().into_iter().map(|entry| (vec![entry], true));
    let many = vec![told.clone(), [told, vec![page; 9]].concat()];
    let all = [entry(false, updates()), entry(true, updates()), entry(false, Vec::new())];
    let all = all.into_iter().map(|entry| (vec![entry], true));
    numbers.into_iter().chain(each).chain(all).chain(many.into_iter().map(|many| (many, false)))
}

#[test]
fn every_text_about_a_duty_is_one_part() {
    for incident in every() {
        let duty = NotificationDeadline {
            incident: incident.id.clone(),
            resource: "r".repeat(64).parse().unwrap(),
            organization: "An authority ".repeat(10),
            within_hours: 8760.try_into().unwrap(),
            started_at: now(),
            deadline: now() + jiff::SignedDuration::from_hours(8760),
            reminders_sent: Vec::new(),
            notified: None,
            drill: incident.drill().is_some(),
            incident_types: IncidentType::ALL.into(),
            restarts: 0,
            version: 1,
        };
        for stage in [
            DeadlineStage::Started,
            DeadlineStage::Halfway,
            DeadlineStage::DueSoon,
            DeadlineStage::Overdue,
        ] {
            let text = duty.text(stage, &incident, now());
            assert!(text.is_ascii() && text.len() <= 160, "{} {text}", text.len());
            assert!(text.contains(&incident.id.to_string()), "{text}");
        }
    }
}

#[test]
fn every_text_is_one_part() {
    assert_eq!((LONG.len(), LONGEST.len()), (86, 89));
    for incident in every() {
        for link in [LONG, LONGEST] {
            let mut texts = vec![public_text(&incident, link)];
            texts.extend(digests(&incident).map(|(digest, _)| digest_text(&digest, link)));
            texts.extend(updates().iter().map(|update| update.text(&incident, link)));
            for text in texts {
                assert!(text.is_ascii() && text.len() <= 160, "{} {text}", text.len());
                assert!(!text.contains(['[', ']', '{', '}', '~', '^', '\\', '|']), "{text}");
                assert!(text.ends_with(link), "{text}");
                assert!(
                    text.contains(&incident.severity.shout()[..3])
                        || text.contains("finding added"),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn every_call_says_the_essence_first_and_is_short() {
    for incident in every() {
        let mut calls = vec![(spoken_text(&incident), true)];
        calls.extend(digests(&incident).map(|(digest, one)| (spoken_digest(&digest), one)));
        calls.extend(updates().iter().map(|update| (update.spoken(&incident), true)));
        for (call, account) in calls {
            let words: Vec<_> = call.split_whitespace().collect();
            assert!(words.len() <= 62, "{} {call}", words.len());
            let first = words[..words.len().min(25)].join(" ").to_lowercase();
            assert!(first.contains(&incident.r#type.words()), "{call}");
            let severity = incident.severity.name();
            assert!(first.contains(severity) || first.contains("severity finding"), "{call}");
            assert!(!account || first.contains("account ending in 3 3 3 3"), "{call}");
            let drill = incident.drill().is_some() && account && !call.starts_with("Muster. ");
            assert!(!drill || first.contains("drill"), "{call}");
        }
    }
}

#[test]
fn a_call_to_an_organization_is_short_however_long_its_name_is() {
    let stamp = crate::value::stamps::Stamp { by: "test".into(), at: now() };
    let [draft, ..] = crate::roster::external::draft::ExternalResourceInput::starters();
    let mut resource = draft.check(None, None, &stamp).unwrap();
    let check = |resource: &crate::roster::external::ExternalResource, times: usize| {
        let call = external_spoken_text(&incident(), resource);
        assert!(call.split_whitespace().count() <= 62, "{call}");
        assert_eq!(call.matches("A customer needs help").count(), times, "{call}");
    };
    resource.organization = "Example Forensics Ltd".into();
    resource.contract_number = Some("EF-2026-0042".into());
    check(&resource, 2);
    resource.organization = "a ".repeat(100);
    resource.contract_number = Some("7".repeat(20));
    check(&resource, 1);
    resource.contract_number = Some("7".repeat(21));
    assert!(!external_spoken_text(&incident(), &resource).contains('7'));
    check(&resource, 2);
}
