//! A first step that waits its minutes.

use super::*;

const FIRST: SignedDuration = SignedDuration::from_mins(15);

fn late() -> Incident {
    let mut incident = incident();
    incident.escalation_plan.steps.remove(0);
    incident.escalation_plan.steps[0].after_minutes = 15;
    incident
}

#[test]
fn it_waits_its_minutes_from_the_beginning_of_the_run() {
    let (incident, people) = (late(), people([person("ada", 1)]));
    let at = |seconds| now() + SignedDuration::from_secs(seconds);
    let waiting = turn(&incident, Cursor::FIRST, &people, at(0));
    assert_eq!(waiting, Turn::wait(FIRST, Cursor::FIRST));
    let waiting = turn(&incident, Cursor::FIRST, &people, at(15 * 60 - 1));
    assert_eq!(waiting, Turn::wait(SignedDuration::from_secs(1), Cursor::FIRST));
    let due = turn(&incident, Cursor::FIRST, &people, at(15 * 60));
    assert_eq!(due.pages.len(), 1);
    let cursor = Cursor { step: 1, ..Cursor::FIRST };
    assert_eq!(due.next, Next::Turn { wait: SignedDuration::from_mins(5), cursor });
    // A later round's first step has waited by the turn before.
    let second = Cursor { round: 2, ..Cursor::FIRST };
    assert_eq!(turn(&incident, second, &people, at(0)).pages.len(), 1);
    // Nobody is empty-handed for those minutes: they are not the emergency of an empty roster.
    assert_eq!(turn(&incident, Cursor::FIRST, &People::new(), at(0)).emergency, None);
}

#[test]
fn an_answer_in_those_minutes_stops_it() {
    let (incident, people) = (late(), people([person("ada", 1)]));
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let answered = incident.acknowledge(ada, now()).unwrap().unwrap();
    let later = now() + FIRST;
    assert!(turn(&answered, Cursor::FIRST, &people, later).pages.is_empty());
}

#[test]
fn a_raise_does_not_wait_and_an_acknowledgment_that_timed_out_does() {
    let people = people([person("ada", 1)]);
    let raised = raised(&late());
    let at_once = turn(&raised, raised.first_turn(), &people, now());
    assert_eq!(at_once.pages.len(), 1);
    let again = timed_out(&late());
    let waiting = turn(&again, again.first_turn(), &people, now());
    assert_eq!(waiting, Turn::wait(FIRST, again.first_turn()));
}

#[test]
fn a_dry_drill_waits_for_nothing() {
    let mut incident = late();
    let drill = Drill { mode: DrillMode::DryRun, ..Drill::default() };
    incident.finding.drill = Some(drill);
    let first = turn(&incident, Cursor::FIRST, &people([person("ada", 1)]), now());
    assert_eq!(first.pages.len(), 1);
}

#[test]
fn an_escalation_is_over_that_much_later() {
    let incident = late();
    let minutes = 15 + 3 * 30;
    let over = now() + SignedDuration::from_mins(minutes);
    assert_eq!(incident.silent_since(over), None);
    assert_eq!(incident.silent_since(over + SignedDuration::from_secs(1)), Some(over));
}
