//! What contacts are told when an incident that they know changes.

use super::super::*;
use super::{LINK, full};
use crate::incident::{Actor, Incident, IncidentStatus};
use crate::samples::{incident, now};
use crate::value::severity::Severity;

fn added() -> Update {
    let line =
        JoinedLine { at: now(), text: "Critical: A role was used from elsewhere (Role ci)".into() };
    Update::FindingAdded { severity: Severity::Critical, line }
}

const RAISED: Update = Update::SeverityIncreased { from: Severity::Medium };
const OPEN: Update = Update::Unresolved { days: 2 };

#[test]
fn texts() {
    let check = |update: &Update, expected: &str| {
        assert_eq!(update.text(&incident(), LINK).replace(LINK, "LINK"), expected);
    };
    check(&RAISED, "MUSTER now HIGH (was MEDIUM): malware in account ..3333. LINK");
    check(&added(), "MUSTER: CRITICAL finding added: malware, account ..3333. LINK");
    check(&OPEN, "MUSTER: 2 days unresolved: HIGH malware, account ..3333. LINK");
    check(
        &Update::Unresolved { days: 1 },
        "MUSTER: 1 day unresolved: HIGH malware, account ..3333. LINK",
    );
}

#[test]
fn calls() {
    let check = |update: &Update, expected: &str| {
        let call = update.spoken(&incident());
        assert_eq!(call, format!("{expected} Repeating. {expected}"));
    };
    check(
        &RAISED,
        "Muster security incident. Severity increased to high: malware. Account ending in 3 3 3 3. To acknowledge, \
         open the link in your text message or email.",
    );
    check(
        &added(),
        "Muster security incident. New critical severity finding: malware. Account ending in 3 3 3 3. To acknowledge, \
         open the link in your text message or email.",
    );
    check(
        &OPEN,
        "Muster security incident. Unresolved for 2 days. High severity: malware. Account ending in 3 3 3 3. Open \
         the link in your text message or email.",
    );
}

#[test]
fn mails() {
    let joined = Joined::new(1, vec![JoinedLine { at: now(), text: "High: a title".into() }]);
    let mail = |update: &Update| {
        let mail = update.mail(&full(), &joined, LINK);
        format!("{}\n\n{}", mail.subject, mail.text)
    };
    let mut taken = full();
    taken.status = IncidentStatus::Acknowledged;
    let told = added().mail(&taken, &joined, LINK);
    insta::assert_snapshot!("mails", format!("{}\n\n{}", told.subject, told.text));
    let again = mail(&added());
    assert!(
        again.contains("was added to an incident that you were paged for. Paging has restarted.")
    );
    assert!(again.contains("Acknowledge this incident: "), "{again}");
    let head = |update: &Update| mail(update).lines().take(3).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(head(&RAISED), @r"
    [HIGH] Severity increased (was MEDIUM): malware in 111122223333: An instance asks for a coin miner's domain <script>

    The severity of an incident that you were paged for increased from medium to high.
    ");
    insta::assert_snapshot!(head(&OPEN), @r"
    [HIGH] Not resolved for 2 days: malware in 111122223333: An instance asks for a coin miner's domain <script>

    This incident has been open for 2 days. No one has acknowledged it.
    ");
    let text = OPEN.mail(&taken, &Joined::default(), LINK).text;
    assert!(text.starts_with(
        "This incident has been open for 2 days. It is acknowledged, but not resolved."
    ));
}

#[test]
fn the_daily_update_says_which_acknowledgments_there_are() {
    let check = |incident: &Incident, expected: &str| {
        let expected = format!("This incident has been open for 2 days. {expected}\n");
        assert!(OPEN.mail(incident, &Joined::default(), LINK).text.starts_with(&expected));
        assert!(OPEN.topic(incident).1.starts_with(&expected));
    };
    let mut open = incident();
    open.escalation_plan.required_acknowledgments = 2;
    check(&open, "No one has acknowledged it.");
    let by = |name: &str| Actor::Contact { contact: name.parse().unwrap() };
    let one = open.acknowledge(by("ada"), now()).unwrap().unwrap();
    check(&one, "It has 1 of 2 required acknowledgments.");
    let both = one.acknowledge(by("bob"), now()).unwrap().unwrap();
    check(&both, "It is acknowledged, but not resolved.");
    let lapsed = both.lapse(now());
    check(&lapsed, "The last acknowledgment timed out, and no one has acknowledged it since.");
    let again = lapsed.acknowledge(by("ada"), now()).unwrap().unwrap();
    check(&again, "It has 1 of 2 required acknowledgments.");
    check(&one.restart_active(now()), "No one has acknowledged it since paging restarted.");
}

#[test]
fn the_owners_topic_gets_no_link_to_acknowledge() {
    let (subject, text) = OPEN.topic(&incident());
    assert_eq!(subject, "MUSTER: incident 20261123-abcdefghjk is not resolved");
    insta::assert_snapshot!(text, @r"
    This incident has been open for 2 days. No one has acknowledged it.
    HIGH: malware
    Account 111122223333, Region eu-central-1
    An instance asks for a coin miner's domain <script>
    Incident ID: 20261123-abcdefghjk
    Finding: https://eu-central-1.console.aws.amazon.com/guardduty/home
    ");
}

#[test]
fn the_owners_topic_is_told_what_was_added() {
    let mut taken = incident();
    taken.status = IncidentStatus::Acknowledged;
    let (subject, text) = added().topic(&taken);
    assert_eq!(subject, "MUSTER: finding added to incident 20261123-abcdefghjk");
    insta::assert_snapshot!(text, @r"
    A finding of critical severity was added to this acknowledged incident.
    Critical: A role was used from elsewhere (Role ci)
    Incident: HIGH malware: An instance asks for a coin miner's domain <script>
    Account 111122223333, Region eu-central-1
    Incident ID: 20261123-abcdefghjk
    ");
    // It lapsed meanwhile.
    let (_, text) = added().topic(&incident());
    assert!(text.starts_with("A finding of critical severity was added to this incident.\n"));
}

#[test]
fn the_owners_topic_is_told_of_several_at_once() {
    let mut taken = incident();
    taken.status = IncidentStatus::Acknowledged;
    let line = JoinedLine { at: now(), text: "High: a title".into() };
    let (subject, text) = several_added_topic(&taken, &Joined::new(12, vec![line; 12]));
    assert_eq!(subject, "MUSTER: findings added to incident 20261123-abcdefghjk");
    assert!(text.starts_with(
        "12 more findings were added to this acknowledged incident. The latest:\n2026-11-23 03:00 UTC: High: a title\n"
    ));
    assert_eq!(text.matches("High: a title").count(), 5);
    assert!(!text.contains("http"), "nobody can acknowledge by it: {text}");
}
