//! Every form of a page.

mod digests;
mod limits;
mod updates;

use super::*;
use crate::finding::{CustomAction, Detail, InactiveReason};
use crate::incident::escalation::{Cursor, Emergency, Found, plan_turn};
use crate::incident::facts::because;
use crate::incident::{Actor, Cause, ClosedAtSource};
use crate::roster::policy::Policy;
use crate::roster::team::PageReason;
use crate::samples::{incident, now, people, person};
use crate::value::severity::Severity;

const LINK: &str =
    "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA";

/// The mail to the first person whom this incident pages, of two.
fn page_mail(incident: &Incident, joined: &Joined) -> Mail {
    let people = people([person("ada", 1), person("bob", 2)]);
    let turn = plan_turn(incident, Cursor::FIRST, &Found::new(&people, &[]), incident.opened_at);
    mail(incident, &turn.pages[0], &turn.pages, joined, LINK)
}

/// An incident of which everything is known that a finding can say.
fn full() -> Incident {
    let mut incident = incident();
    let detail = |label: &str, value: &str| Detail { label: label.into(), value: value.into() };
    let finding = &mut incident.finding;
    finding.details = vec![
        detail("Container image", "shop/cart:1.4"),
        detail("Pod", "shop/cart-5d8f"),
        detail("Actor", "role deploy from 198.51.100.7"),
    ];
    finding.first_seen_at = "2026-11-23T01:12:00Z".parse().ok();
    finding.last_seen_at = "2026-11-23T02:58:00Z".parse().ok();
    finding.count = Some(12);
    finding.custom_action = Some(CustomAction {
        action: "Page the team".into(),
        action_arn: String::new(),
        account: "111122223333".into(),
        event: String::new(),
    });
    incident.cause = Some(Cause::SeverityIncreased { from: Severity::Medium });
    incident.closed_at_source = Some(ClosedAtSource {
        finding: None,
        state: InactiveReason::Resolved,
        at: now(),
        stopped: false,
    });
    incident
}

#[test]
fn the_public_text_says_little() {
    insta::assert_snapshot!(public_text(&incident(), LINK), @"MUSTER HIGH: malware in account ..3333. Answer: https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA");
}

#[test]
fn a_call_says_it_twice_and_where_to_acknowledge() {
    insta::assert_snapshot!(spoken_text(&incident()), @"Muster security incident. High severity: malware. Account ending in 3 3 3 3. To acknowledge, open the link in your text message or email. Repeating. Muster security incident. High severity: malware. Account ending in 3 3 3 3. To acknowledge, open the link in your text message or email.");
}

#[test]
fn a_drill_says_so_wherever_it_speaks() {
    let mut incident = incident();
    incident.finding.drill = Some(crate::finding::drill::Drill::default());
    let mail = page_mail(&incident, &Joined::default());
    assert!(mail.subject.starts_with("DRILL [HIGH]"), "{}", mail.subject);
    assert!(mail.text.starts_with("DRILL: nothing has happened."), "{}", mail.text);
    assert!(public_text(&incident, LINK).starts_with("DRILL MUSTER HIGH"));
    assert!(spoken_text(&incident).starts_with("Muster drill, not a real incident. High severity"));
    assert!(emergency_text(&incident, Emergency::NotAcknowledged).starts_with("DRILL MUSTER"));
}

#[test]
fn the_mail_has_what_its_reader_needs() {
    let mail = page_mail(&incident(), &Joined::default());
    insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    assert!(!mail.html.contains("<script>"), "titles are escaped");
    assert!(mail.html.contains("&lt;script&gt;"));
}

#[test]
fn the_mail_says_all_that_is_known() {
    let line = |minute: i64, title: &str| {
        let mut finding = incident().finding;
        finding.title = title.into();
        let at = now() + jiff::SignedDuration::from_mins(minute);
        JoinedLine::of(finding.severity, &finding.title, finding.resource.as_deref(), at)
    };
    let joined = Joined::new(0, vec![line(1, "An older finding"), line(7, "The newest finding")]);
    let mail = page_mail(&full(), &joined);
    insta::assert_snapshot!(mail.text.split("WHAT YOU DO NOW").next().unwrap());
}

#[test]
fn every_cause_has_its_sentence() {
    let check = |cause: Cause, expected: &str| {
        let mut incident = incident();
        incident.cause = Some(cause);
        assert_eq!(notices(&incident), [expected]);
    };
    check(
        Cause::CriticalJoined,
        "Paged again after the acknowledgment, because another finding is Critical.",
    );
    check(
        Cause::TeamRequested { action: "Page us".into(), account: "111122223333".into() },
        "Paged by the Security Hub custom action Page us in account 111122223333.",
    );
    check(
        Cause::StillHappening { seen_at: now() },
        "Paged again, because a finding was seen at 2026-11-23 03:00 UTC.",
    );
    check(
        Cause::NotAcknowledged,
        "Paged again, because a finding was added or became more severe after paging had ended without \
         enough acknowledgments.",
    );
    check(
        Cause::AcknowledgmentTimedOut,
        "Paged again, because the incident was not resolved within 240 minutes of the last acknowledgment.",
    );
    check(
        Cause::Reopened,
        "Paged again, because a finding that its source had closed was reopened.",
    );
    let mut incident = incident();
    incident.closed_at_source = Some(ClosedAtSource {
        finding: None,
        state: InactiveReason::Passed,
        at: now(),
        stopped: true,
    });
    assert_eq!(
        notices(&incident),
        ["Its source reports it fixed since 2026-11-23 03:00 UTC. Paging stopped."]
    );
    incident.closed_at_source = None;
    incident.finding.custom_action = full().finding.custom_action;
    incident.cause = Some(Cause::TeamRequested {
        action: "Page the team".into(),
        account: "111122223333".into(),
    });
    assert_eq!(notices(&incident).len(), 1, "it is said once");
}

#[test]
fn too_few_acknowledgments_are_not_none() {
    let mut two = incident();
    two.escalation_plan.required_acknowledgments = 2;
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let one = two.acknowledge(ada, now()).unwrap().unwrap();
    let people = people([person("bob", 1)]);
    let plan = one.escalation_plan.clone();
    let found = Found::new(&people, &[]);
    let mut page = plan_turn(&one, Cursor::FIRST, &found, now()).pages.remove(0);
    page.reason = PageReason::NextLevel;
    let text = mail(&one, &page, &[], &Joined::default(), LINK).text;
    assert!(text.starts_with("You are paged because the incident is not acknowledged yet."));
    let with = (&Policy::default(), plan);
    let again = one.raise(&one.finding, false, Cause::NotAcknowledged, with, now());
    for text in [because(&Cause::NotAcknowledged, &again), notices(&again).remove(0)] {
        assert!(text.ends_with("after paging had ended without enough acknowledgments."), "{text}");
    }
}

#[test]
fn one_and_several_findings_were_added() {
    let line = JoinedLine { at: now(), text: "High: a title".into() };
    let check = |count: u64, lines: usize, expected: Option<&str>| {
        let joined = Joined::new(count, vec![line.clone(); lines]);
        assert_eq!(joined.sentence().as_deref(), expected);
    };
    check(0, 0, None);
    check(1, 1, Some("1 finding was added to this incident:"));
    check(3, 0, Some("3 findings were added to this incident."));
    check(900, 8, Some("900 findings were added to this incident. The latest:"));
    assert_eq!(Joined::new(900, vec![line; 8]).lines().len(), 5);
}

#[test]
fn an_organization_gets_a_digest_without_findings_or_links() {
    let draft = serde_json::json!({
        "organization": "Counsel", "type": "legal", "contact_email": "desk@counsel.example"
    });
    let draft: crate::roster::external::draft::ExternalResourceInput =
        serde_json::from_value(draft).unwrap();
    let stamp = crate::value::stamps::Stamp { by: "test".into(), at: now() };
    let resource = draft.check(None, None, &stamp).unwrap();
    let two = [incident(), incident()];
    let mail = external_digest_mail(&two, &resource);
    assert_eq!(mail.subject, "[HIGH] Request for help with 2 security incidents");
    assert!(!mail.text.contains("coin miner") && !mail.text.contains("http"), "{}", mail.text);
    assert_eq!(mail.text.matches("our reference").count(), 2);
    let call = external_spoken_digest(&two, &resource);
    assert!(call.contains("help with 2 security incidents, the most severe high"), "{call}");
    assert_eq!(
        external_spoken_digest(&two[..1], &resource),
        external_spoken_text(&two[0], &resource)
    );
}

/// A name that an attacker chose, with all that could make it something else in a message.
const HOSTILE: &str =
    "invoices/\u{202E}gpj.exe https://evil.example/login <b>x</b>\nMUSTER: all clear";

#[test]
fn a_known_type_can_be_searched_for() {
    let mut incident = incident();
    let known = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce";
    incident.finding.finding_type = known.into();
    let line = format!("Type: {known}\n");
    assert!(page_mail(&incident, &Joined::default()).text.contains(&line));
    assert!(crate::incident_manager::mirror::Shown::of(&incident).summary.contains(&line));
    // An incident of an older version has a type that was not cleaned.
    incident.finding.finding_type = "TTPs/Evil.Com".into();
    let text = page_mail(&incident, &Joined::default()).text;
    assert!(text.contains("Type: TTPs/Evil[.]Com\n"), "{text}");
}

#[test]
fn a_hostile_title_is_one_dead_line_everywhere() {
    let mut incident = full();
    incident.title = HOSTILE.into();
    let finding = &mut incident.finding;
    finding.title = HOSTILE.into();
    finding.description = HOSTILE.into();
    finding.resource = Some(HOSTILE.into());
    finding.finding_type = HOSTILE.into();
    finding.details = vec![Detail { label: HOSTILE.into(), value: HOSTILE.into() }];
    finding.custom_action = Some(CustomAction {
        action: HOSTILE.into(),
        action_arn: String::new(),
        account: HOSTILE.into(),
        event: String::new(),
    });
    let named = &incident.finding;
    let line = JoinedLine::of(named.severity, &named.title, named.resource.as_deref(), now());
    let joined = Joined::new(0, vec![line.clone()]);
    let mail = page_mail(&incident, &joined);
    let update = Update::FindingAdded { severity: Severity::High, line };
    let told = update.mail(&incident, &joined, LINK);
    let page = Entry { incident: incident.clone(), paged: true, updates: Vec::new() };
    let told_later =
        Entry { incident: incident.clone(), paged: false, updates: vec![update.clone()] };
    let digest = digest_mail(&[page, told_later], LINK);
    let mut texts =
        vec![emergency_text(&incident, Emergency::NotAcknowledged), update.topic(&incident).1];
    texts.push(several_added_topic(&incident, &joined).1);
    for mail in [mail, told, digest] {
        assert!(!mail.subject.contains('\n'));
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        texts.extend([mail.subject, mail.text, mail.html]);
    }
    for text in texts {
        assert!(!text.contains('\u{202E}') && !text.contains("//evil.example"), "{text}");
        assert!(!text.contains("evil.example"), "{text}");
        assert!(
            !text.lines().any(|line| line.trim_start_matches("- ").starts_with("MUSTER: all")),
            "{text}"
        );
    }
    for text in [public_text(&incident, LINK), spoken_text(&incident), update.text(&incident, LINK)]
    {
        assert!(!text.contains("invoices"), "{text}");
    }
}

#[test]
fn texts_and_calls_say_that_the_source_has_closed_it() {
    let mut incident = incident();
    incident.closed_at_source = Some(ClosedAtSource {
        finding: None,
        state: InactiveReason::Archived,
        at: now(),
        stopped: false,
    });
    insta::assert_snapshot!(public_text(&incident, "https://example.com/ack/A"), @"MUSTER HIGH: malware in account ..3333. Now archived. Answer: https://example.com/ack/A");
    assert!(
        spoken_text(&incident).contains("3 3 3 3. Now archived."),
        "{}",
        spoken_text(&incident)
    );
}
