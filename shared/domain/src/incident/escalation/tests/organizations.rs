//! Steps that notify external organizations, alone or beside people.

use super::*;

fn with_targets(targets: &[&str]) -> Incident {
    let mut incident = incident();
    incident.escalation_plan.steps[0].targets =
        targets.iter().map(|text| text.parse().unwrap()).collect();
    incident
}

fn first(targets: &[&str], people: &People, firms: &[ExternalResource]) -> Turn {
    let found = Found::new(people, firms);
    plan_turn(&with_targets(targets), Cursor::FIRST, &found, now())
}

#[test]
fn a_step_for_an_organization_alone_pages_nobody_else() {
    let people = people([person("ada", 1)]);
    let turn = first(&["external:firm"], &people, &[firm()]);
    assert_eq!((turn.pages.len(), turn.emergency, turn.fell_back), (0, None, false));
    let kinds: Vec<_> = turn.externals[0].channels.iter().map(Channel::kind).collect();
    assert_eq!(kinds, [Email, Voice]);
    assert!(matches!(turn.next, Next::Turn { cursor: Cursor { step: 1, .. }, .. }));
    // Beside people, it is told beside them.
    let both = first(&["external:firm", "level:1"], &people, &[firm()]);
    assert_eq!((both.pages.len(), both.externals.len(), both.only_externals), (1, 1, false));
}

#[test]
fn where_no_organization_can_be_notified_the_commanders_are_paged() {
    let people = people([person("ada", 1)]);
    let mut portal = firm();
    (portal.contact_email, portal.contact_phone) = (None, None);
    for firms in [vec![], vec![portal.clone()]] {
        let turn = first(&["external:firm"], &people, &firms);
        assert_eq!(turn.pages[0].reason, PageReason::Fallback, "{firms:?}");
        assert!(turn.externals.is_empty() && !turn.only_externals);
        let turn = first(&["external:firm"], &People::new(), &firms);
        assert_eq!(turn.emergency, Some(Emergency::NoContactToPage));
    }
    // One of two is enough.
    let other = ExternalResource { id: "other".parse().unwrap(), ..portal };
    let turn = first(&["external:other", "external:firm"], &people, &[other, firm()]);
    assert_eq!((turn.pages.len(), turn.externals.len()), (0, 1));
    // People who cannot be reached are not made up for by an organization.
    let turn = first(&["external:firm", "level:3"], &people, &[firm()]);
    assert_eq!((turn.pages[0].reason.clone(), turn.externals.len()), (PageReason::Fallback, 1));
}

#[test]
fn from_the_second_round_on_it_is_told_where_nobody_answers() {
    let mut firm = firm();
    firm.escalation_phone = Some("+14255550181".parse().unwrap());
    let (people, firms) = (people([person("ada", 1)]), [firm]);
    let incident = with_targets(&["external:firm"]);
    let second = Cursor { round: 2, ..Cursor::FIRST };
    let turn = plan_turn(&incident, second, &Found::new(&people, &firms), now());
    let kinds: Vec<_> = turn.externals[0].channels.iter().map(Channel::kind).collect();
    assert_eq!(kinds, [Email, Voice, Voice]);
}

#[test]
fn an_organization_that_nothing_reached_is_an_emergency_only_where_it_was_alone() {
    let (people, firms) = (people([person("ada", 1)]), [firm()]);
    let record = |contact: &str, state| Delivery {
        key: DeliveryKey {
            cursor: Cursor::FIRST,
            contact: contact.parse().unwrap(),
            channel: "email".parse().unwrap(),
            about: None,
        },
        state,
        attempts: 1,
        at: now(),
    };
    let refused = || DeliveryState::Failed { error: "x".into(), retryable: false };
    let out = || DeliveryState::Sent { message_id: "m".into() };
    let alone = first(&["external:firm"], &people, &firms);
    let outcome =
        |turn: &Turn, records: &[Delivery]| turn.clone().with_outcome(records, now()).emergency;
    let lost = [record("external:firm", refused())];
    assert_eq!(outcome(&alone, &lost), Some(Emergency::AllPagesFailed));
    assert_eq!(outcome(&alone, &[record("external:firm", out())]), None);
    let beside = first(&["external:firm", "level:1"], &people, &firms);
    assert_eq!(outcome(&beside, &[record("external:firm", refused()), record("ada", out())]), None);
    let people_lost = [record("external:firm", out()), record("ada", refused())];
    assert_eq!(outcome(&beside, &people_lost), Some(Emergency::AllPagesFailed));
}
