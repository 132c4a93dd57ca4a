//! The first turn of an incident that became more severe.

use super::*;

fn first(reached: &[&str], people: &People) -> Vec<String> {
    first_of(&raised(&incident()), reached, people)
}

fn first_of(incident: &Incident, reached: &[&str], people: &People) -> Vec<String> {
    let reached = reached.iter().map(|id| id.parse().unwrap()).collect();
    let found = Found { reached: &reached, ..Found::new(people, &[]) };
    let turn = plan_turn(incident, incident.first_turn(), &found, now());
    let line = |page: &PersonPage| {
        let kinds: Vec<_> = page.channels.iter().map(|channel| channel.kind().name()).collect();
        let update = if page.update { "update " } else { "" };
        format!("{}: {update}{}", page.contact.id, kinds.join(" "))
    };
    turn.pages.iter().map(line).collect()
}

#[test]
fn one_message_for_those_reached_and_every_channel_for_those_added() {
    let team = people([person("ada", 1), person("bob", 2), person("cid", 2)]);
    let pages = first(&["ada"], &team);
    assert_eq!(pages, ["ada: update sms", "bob: email sms voice", "cid: email sms voice"]);
    let everybody = first(&["ada", "bob", "cid"], &team);
    assert_eq!(everybody, ["ada: update sms", "bob: update sms", "cid: update sms"]);
    assert_eq!(first(&[], &team).len(), 3);
}

#[test]
fn the_step_does_not_narrow_the_channels_of_those_added() {
    let mut incident = raised(&incident());
    incident.escalation_plan.steps[0].channels = StepChannels::Only(vec![Email]);
    let people = people([person("ada", 1)]);
    assert_eq!(first_of(&incident, &[], &people), ["ada: email sms voice"]);
    // The steps that follow keep to theirs.
    let later = Cursor { round: 2, ..incident.first_turn() };
    let turn = turn(&incident, later, &people, now());
    assert_eq!((turn.pages[0].channels.len(), turn.pages[0].update), (1, false));
}

#[test]
fn those_reached_are_told_also_where_the_step_no_longer_calls_for_them() {
    let mut incident = raised(&incident());
    incident.escalation_plan.steps[0].targets = vec!["contact:ada".parse().unwrap()];
    let mut mail_only = person("dan", 4);
    mail_only.channels.truncate(1);
    let gone = Contact { status: ContactStatus::Departed, ..person("eve", 2) };
    let people = people([person("ada", 1), person("bob", 2), mail_only, gone]);
    let pages = first_of(&incident, &["bob", "dan", "eve", "unknown"], &people);
    assert_eq!(pages, ["ada: email sms voice", "bob: update sms", "dan: update email"]);
}

#[test]
fn a_step_for_organizations_alone_still_tells_those_reached() {
    let mut incident = raised(&incident());
    incident.escalation_plan.steps[0].targets = vec!["external:firm".parse().unwrap()];
    let (people, firms) = (people([person("ada", 1), person("bob", 2)]), [firm()]);
    let reached = ["bob".parse().unwrap()].into();
    let found = Found { reached: &reached, ..Found::new(&people, &firms) };
    let turn = plan_turn(&incident, incident.first_turn(), &found, now());
    assert_eq!((turn.pages.len(), turn.externals.len(), turn.emergency), (1, 1, None));
    assert!(turn.pages[0].update);
}

#[test]
fn an_acknowledgment_that_timed_out_pages_everybody_in_full() {
    let incident = timed_out(&incident());
    let people = people([person("ada", 1)]);
    assert_eq!(first_of(&incident, &["ada"], &people), ["ada: email sms voice"]);
    assert!(!wanted(&incident, incident.first_turn()).reached);
}

#[test]
fn only_the_first_turn_asks_whom_earlier_runs_reached() {
    let incident = raised(&incident());
    let first = incident.first_turn();
    assert!(wanted(&incident, first).reached);
    assert!(!wanted(&incident, Cursor { step: 1, ..first }).reached);
    assert!(!wanted(&incident, Cursor { round: 2, ..first }).reached);
}
