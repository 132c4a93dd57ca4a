//! Digests: pages and updates that waited, each worded as what it is.

use super::super::*;
use super::LINK;
use crate::incident::IncidentStatus;
use crate::samples::{incident, now};
use crate::value::severity::Severity;

fn page() -> Entry {
    Entry { incident: incident(), paged: true, updates: Vec::new() }
}

/// Updates about an incident that was acknowledged.
fn update(updates: impl Into<Vec<Update>>) -> Entry {
    let mut incident = incident();
    incident.status = IncidentStatus::Acknowledged;
    Entry { incident, paged: false, updates: updates.into() }
}

fn added() -> Update {
    let line =
        JoinedLine { at: now(), text: "High: A role was used from elsewhere (Role ci)".into() };
    Update::FindingAdded { severity: Severity::High, line }
}

const OPEN: Update = Update::Unresolved { days: 2 };

#[test]
fn a_digest_counts_in_good_english() {
    let one = [page()];
    let two = [page(), page()];
    let check = |text: &str, expected: &str| assert_eq!(text.replace(LINK, "LINK"), expected);
    check(
        &digest_text(&one, LINK),
        "MUSTER: 1 incident needs you. HIGH malware, account ..3333: LINK",
    );
    check(&digest_text(&two, LINK), "MUSTER: 2 incidents need you. Start with HIGH malware: LINK");
    assert_eq!(digest_mail(&one, LINK).subject, "[MUSTER] 1 incident needs you");
    assert_eq!(digest_mail(&two, LINK).subject, "[MUSTER] 2 incidents need you");
    assert!(
        spoken_digest(&one)
            .starts_with("Muster. 1 security incident needs you. High severity: malware.")
    );
    assert!(
        spoken_digest(&two)
            .starts_with("Muster. 2 security incidents need you. The most severe is high")
    );
}

#[test]
fn a_digest_has_one_link_and_describes_the_first_fifty() {
    let mail = digest_mail(&[page(), page(), page()], LINK);
    assert_eq!((mail.text.matches(LINK).count(), mail.html.matches(LINK).count()), (1, 1));
    assert_eq!(mail.text.matches("HIGH: malware in account").count(), 3);
    let many = vec![page(); 60];
    let mail = digest_mail(&many, LINK);
    assert!(mail.text.contains("- 10 more. The page behind the link lists all."), "{}", mail.text);
}

#[test]
fn updates_are_worded_as_updates() {
    let check = |entries: &[Entry], expected: &str| {
        assert_eq!(digest_text(entries, LINK).replace(LINK, "LINK"), expected);
        let mail = digest_mail(entries, LINK);
        let all = [mail.subject, mail.text, spoken_digest(entries)].join("\n");
        assert!(!all.contains("need") && !all.contains("cknowledge"), "{all}");
    };
    let (joined, daily) = (update([added()]), update([OPEN]));
    check(
        std::slice::from_ref(&joined),
        "MUSTER: 1 update: HIGH finding added, malware, account ..3333: LINK",
    );
    check(
        std::slice::from_ref(&daily),
        "MUSTER: 1 update: 2 days unresolved, HIGH malware, account ..3333: LINK",
    );
    check(&[update([])], "MUSTER: 1 update: HIGH malware, account ..3333: LINK");
    check(&[update([added(), added()])], "MUSTER: 2 updates: HIGH malware, account ..3333: LINK");
    check(&[joined, daily], "MUSTER: 2 updates. Start with HIGH malware: LINK");
}

#[test]
fn calls_about_updates() {
    let check = |entries: &[Entry], expected: &str| {
        assert_eq!(spoken_digest(entries), format!("{expected} Repeating. {expected}"));
    };
    check(
        &[update([added()])],
        "Muster. 1 update. New high severity finding: malware. Account ending in 3 3 3 3. Open the link in your text \
         message or email.",
    );
    check(
        &[update([OPEN])],
        "Muster. 1 update. Unresolved for 2 days. High severity: malware. Account ending in 3 3 3 3. Open the link in \
         your text message or email.",
    );
    check(
        &[update([added()]), update([added(), OPEN])],
        "Muster. 3 updates about 2 security incidents. The most severe is high: malware. Open the link in your text \
         message or email.",
    );
    check(
        &[update([added()]), page()],
        "Muster. 1 security incident needs you, 1 update. The most severe is high: malware. To acknowledge, open the \
         link in your text message or email.",
    );
}

#[test]
fn a_mail_about_updates_says_what_is_new() {
    let mail = digest_mail(&[update([added()])], LINK);
    insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text.replace(LINK, "LINK")), @r"
    [MUSTER] 1 update

    You reached your paging limit, so this update was delayed.

    Open the incident: LINK

    - Update: HIGH: malware in account 111122223333 (eu-central-1), opened 2026-11-23 03:00 UTC: An instance asks for a coin miner's domain <script>
    - Finding added at 2026-11-23 03:00 UTC: High: A role was used from elsewhere (Role ci)
    ");
    let mail = digest_mail(&[update([added()]), update([OPEN])], LINK);
    assert!(
        mail.text.contains("these updates are combined.")
            && mail.text.contains("Open the incidents: ")
    );
    assert!(mail.text.contains("- Not resolved for 2 days."), "{}", mail.text);
    let many = digest_mail(&[update(vec![added(); 9])], LINK).text;
    assert_eq!(many.matches("Finding added at").count(), 5);
    assert!(many.contains("- 4 more updates."), "{many}");
}

#[test]
fn pages_and_updates_are_counted_apart() {
    let mut low = page();
    low.incident.severity = Severity::Low;
    let both = [update([added(), OPEN]), low];
    let text = digest_text(&both, LINK).replace(LINK, "LINK");
    assert_eq!(text, "MUSTER: 1 incident needs you, 2 updates. Start with LOW malware: LINK");
    let mail = digest_mail(&both, LINK);
    assert_eq!(mail.subject, "[MUSTER] 1 incident needs you, 2 updates");
    assert!(
        mail.text.contains("these messages are combined")
            && mail.text.contains("Acknowledge all: ")
    );
    // A page and an update about one incident.
    let one = [Entry { updates: vec![added()], ..page() }];
    let text = digest_text(&one, LINK).replace(LINK, "LINK");
    assert_eq!(text, "MUSTER: 1 incident needs you, 1 update. HIGH malware, account ..3333: LINK");
    assert!(digest_mail(&one, LINK).text.contains("Acknowledge this incident: "));
}
