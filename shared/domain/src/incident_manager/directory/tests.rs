//! After anything at all has happened, one reconcile brings what is in step, and a second does nothing.

use proptest::prelude::*;

use super::*;
use crate::roster::contact::ContactStatus;
use crate::roster::plan::EscalationPlan;
use crate::roster::policy::Policy;
use crate::samples::{now, people as roster, person};
use crate::value::channel::Channel;

/// Makes a change as the service would; `false` if the service would refuse it.
fn make(actual: &mut Actual, change: &Change, counter: &mut u32) -> bool {
    match change {
        Change::CreatePerson { alias, display_name } => {
            let person =
                ActualPerson { display_name: display_name.clone(), ..ActualPerson::default() };
            actual.people.insert(alias.clone(), person).is_none()
        }
        Change::CreateChannel { alias, line } => {
            let Some(person) = actual.people.get_mut(alias) else { return false };
            *counter += 1;
            let arn = format!("arn:{counter}");
            let same = |known: &ActualChannel| {
                (known.line.kind, &known.line.address) == (line.kind, &line.address)
            };
            if person.channels.iter().any(same) {
                return false;
            }
            person.channels.push(ActualChannel { arn, line: line.clone(), activated: false });
            true
        }
        Change::UpdateChannel { alias, arn, line, moved } => {
            let Some(person) = actual.people.get_mut(alias) else { return false };
            let found = person.channels.iter_mut().find(|channel| channel.arn == *arn);
            let Some(channel) = found.filter(|channel| channel.line.kind == line.kind) else {
                return false;
            };
            if *moved != (channel.line.address != line.address) {
                return false;
            }
            channel.line = line.clone();
            true
        }
        Change::SetPlan { alias, lines } => {
            let Some(person) = actual.people.get_mut(alias) else { return false };
            let arn = |line: &Line| {
                let found = person.channels.iter().find(|channel| channel.line == *line);
                found.map(|channel| (NEXT_CHANNEL, vec![channel.arn.clone()]))
            };
            let Some(plan) = lines.iter().map(arn).collect() else { return false };
            person.plan = plan;
            true
        }
        Change::CreateEscalation { alias, display_name } => {
            let display_name = display_name.clone();
            let escalation = ActualEscalation { display_name, stages: Vec::new() };
            actual.escalations.insert(alias.clone(), escalation).is_none()
        }
        Change::SetStages { alias, stages } => {
            let there = |target: &Alias| actual.people.contains_key(target);
            if !stages.iter().flat_map(|stage| &stage.targets).all(there) {
                return false;
            }
            let Some(escalation) = actual.escalations.get_mut(alias) else { return false };
            escalation.stages = stages.clone();
            true
        }
        Change::Rename { alias, display_name } => {
            let person = actual.people.get_mut(alias).map(|person| &mut person.display_name);
            let other = actual.escalations.get_mut(alias).map(|other| &mut other.display_name);
            let Some(name) = person.or(other) else { return false };
            name.clone_from(display_name);
            true
        }
        Change::DeleteChannel { alias, arn } => {
            let Some(person) = actual.people.get_mut(alias) else { return false };
            let used = person.plan.iter().flat_map(|(_, arns)| arns).any(|used| used == arn);
            person.channels.retain(|channel| channel.arn != *arn);
            !used
        }
        Change::Delete { alias } => {
            let stages = actual.escalations.values().flat_map(|escalation| &escalation.stages);
            let used = stages.flat_map(|stage| &stage.targets).any(|target| target == alias);
            let there = actual.people.remove(alias).is_some();
            let mut plans = actual.plans.values();
            let engaged = plans.any(|plan| plan.engagements.contains(alias));
            !used && !engaged && (actual.escalations.remove(alias).is_some() || there)
        }
        Change::CreatePlan { alias, plan } | Change::UpdatePlan { alias, plan } => {
            let there = |alias: &Alias| actual.escalations.contains_key(alias);
            let new = matches!(change, Change::CreatePlan { .. });
            if !plan.engagements.iter().all(there) || actual.plans.contains_key(alias) == new {
                return false;
            }
            actual.plans.insert(alias.clone(), (**plan).clone());
            true
        }
        Change::DeletePlan { alias } => actual.plans.remove(alias).is_some(),
    }
}

/// What somebody does to the roster, or to Incident Manager by hand.
#[derive(Clone, Debug)]
enum Edit {
    Hire(usize),
    Leave(usize),
    Erase(usize),
    Rename(usize, String),
    Channels(usize, Vec<(u8, u8)>),
    HandDeleteChannel(usize),
    HandDelete(usize),
    HandRename(usize),
    HandPlan(usize),
    HandStages(usize),
    HandPlanOff(usize),
    HandImpact(usize),
    /// Another escalation plan for malware comes or goes.
    Plan(bool),
    /// Who pages is set.
    Backend(PagingBackend),
    /// A reconcile that dies after so many changes.
    Die(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let channels = prop::collection::vec((0..3u8, 0..4u8), 1..5);
    prop_oneof![
        3 => (0..6usize).prop_map(Edit::Hire),
        1 => (0..6usize).prop_map(Edit::Leave),
        1 => (0..6usize).prop_map(Edit::Erase),
        1 => (0..6usize, "[A-Z][a-z'(]{0,6}").prop_map(|(who, name)| Edit::Rename(who, name)),
        2 => (0..6usize, channels).prop_map(|(who, channels)| Edit::Channels(who, channels)),
        1 => (0..6usize).prop_map(Edit::HandDeleteChannel),
        1 => (0..6usize).prop_map(Edit::HandDelete),
        1 => (0..6usize).prop_map(Edit::HandRename),
        1 => (0..6usize).prop_map(Edit::HandPlan),
        1 => (0..6usize).prop_map(Edit::HandStages),
        1 => (0..30usize).prop_map(Edit::HandPlanOff),
        1 => (0..30usize).prop_map(Edit::HandImpact),
        1 => any::<bool>().prop_map(Edit::Plan),
        1 => any::<bool>().prop_map(|engages| Edit::Backend(if engages {
            PagingBackend::Both
        } else {
            PagingBackend::Native
        })),
        2 => (0..12usize).prop_map(Edit::Die),
    ]
}

fn channel((kind, number): (u8, u8)) -> Channel {
    match kind {
        0 => Channel::Email(format!("p{number}@example.com").parse().unwrap()),
        1 => Channel::Sms(format!("+1425555010{number}").parse().unwrap()),
        _ => Channel::Voice(format!("+1425555010{number}").parse().unwrap()),
    }
}

fn desired(people: &crate::roster::team::People, malware: bool, backend: PagingBackend) -> Desired {
    let mut plans = vec![EscalationPlan::default()];
    if malware {
        plans.push(EscalationPlan {
            id: "malware".parse().unwrap(),
            incident_types: [crate::value::incident_type::IncidentType::Malware].into(),
            ..EscalationPlan::default()
        });
    }
    let (policy, manner) = (Policy::default(), Manner { backend, ..Manner::default() });
    Desired {
        people: super::people(PREFIX, people.values()),
        escalations: escalations(PREFIX, &plans, &policy, people, now()),
        plans: response_plans(PREFIX, &plans, &policy, &manner),
    }
}

fn nth<T>(map: &mut BTreeMap<Alias, T>, number: usize) -> Option<&mut T> {
    let length = map.len().max(1);
    map.values_mut().nth(number % length)
}

proptest! {
    #[test]
    fn one_reconcile_is_enough(edits in prop::collection::vec(edit(), 1..40)) {
        let (mut people, mut actual, mut counter) = (roster([]), Actual::default(), 0);
        let (mut malware, mut backend) = (false, PagingBackend::Native);
        for edit in edits {
            let id = |who: usize| format!("p{who}");
            let known = |who: usize| id(who).parse::<crate::value::id::ContactId>().unwrap();
            match edit {
                Edit::Hire(who) => {
                    let level = u8::try_from(who % 4 + 1).unwrap();
                    people.entry(known(who)).or_insert_with(|| person(&id(who), level));
                }
                Edit::Leave(who) => {
                    if let Some(contact) = people.get_mut(&known(who)) {
                        contact.status = ContactStatus::Departed;
                    }
                }
                Edit::Erase(who) => drop(people.remove(&known(who))),
                Edit::Rename(who, name) => {
                    if let Some(contact) = people.get_mut(&known(who)) {
                        contact.name = name;
                    }
                }
                Edit::Channels(who, channels) => {
                    if let Some(contact) = people.get_mut(&known(who)) {
                        contact.channels = channels.into_iter().map(channel).collect();
                    }
                }
                Edit::HandDeleteChannel(who) => {
                    if let Some(person) = nth(&mut actual.people, who) {
                        person.channels.pop();
                    }
                }
                Edit::HandDelete(who) => {
                    let alias = actual.people.keys().nth(who).cloned();
                    alias.map(|alias| actual.people.remove(&alias));
                }
                Edit::HandRename(who) => {
                    if let Some(person) = nth(&mut actual.people, who) {
                        person.display_name = "Somebody".into();
                    }
                }
                Edit::HandPlan(who) => {
                    if let Some(person) = nth(&mut actual.people, who) {
                        person.plan.reverse();
                    }
                }
                Edit::HandStages(who) => {
                    if let Some(escalation) = nth(&mut actual.escalations, who) {
                        escalation.stages.pop();
                    }
                }
                Edit::HandPlanOff(which) => {
                    let name = actual.plans.keys().nth(which).cloned();
                    name.map(|name| actual.plans.remove(&name));
                }
                Edit::HandImpact(which) => {
                    if let Some(plan) = nth(&mut actual.plans, which) {
                        plan.engagements.clear();
                        plan.impact = 5;
                    }
                }
                Edit::Plan(there) => malware = there,
                Edit::Backend(other) => backend = other,
                Edit::Die(after) => {
                    let todo = changes(&desired(&people, malware, backend), &actual);
                    for change in todo.iter().take(after) {
                        make(&mut actual, change, &mut counter);
                    }
                }
            }
        }
        let desired = desired(&people, malware, backend);
        for change in changes(&desired, &actual) {
            prop_assert!(make(&mut actual, &change, &mut counter), "refused: {:?}", change);
        }
        prop_assert_eq!(changes(&desired, &actual), vec![]);
        let lines = |person: &ActualPerson| -> Vec<Line> {
            let find = |arn: &String| person.channels.iter().find(|channel| channel.arn == *arn);
            person.plan.iter().flat_map(|(_, arns)| arns).filter_map(find).map(|c| c.line.clone()).collect()
        };
        for (alias, person) in &desired.people {
            prop_assert_eq!(&lines(&actual.people[alias]), &person.lines);
        }
        let stages = desired.escalations.values().flat_map(|escalation| &escalation.stages);
        prop_assert!(stages.clone().all(|stage| stage.minutes <= 30));
        prop_assert!(stages.clone().all(|stage| stage.minutes > 0 || !stage.targets.is_empty()));
    }
}

#[test]
fn long_waits_are_chained_and_the_team_is_that_of_the_severity() {
    let people = roster([person("ada", 1), person("bob", 2), person("cid", 3)]);
    let mut plan =
        EscalationPlan { rounds: 1, round_interval_minutes: 75, ..EscalationPlan::default() };
    plan.steps.truncate(1);
    let all = escalations(PREFIX, &[plan], &Policy::default(), &people, now());
    let names: Vec<_> = all.keys().map(String::as_str).collect();
    assert_eq!(names, ["critical", "high", "medium"].map(|s| format!("muster-plan-default-{s}")));
    let stages = |severity: &str| &all[&format!("muster-plan-default-{severity}")].stages;
    let minutes: Vec<_> = stages("medium").iter().map(|stage| stage.minutes).collect();
    assert_eq!(minutes, [30, 30, 15]);
    let sizes = |severity: &str| stages(severity)[0].targets.len();
    assert_eq!((sizes("medium"), sizes("high")), (2, 3));
    assert!(stages("high")[1].targets.is_empty());
}

#[test]
fn a_late_first_step_is_engaged_when_it_is_due() {
    let people = roster([person("ada", 1)]);
    let mut plan =
        EscalationPlan { rounds: 2, round_interval_minutes: 30, ..EscalationPlan::default() };
    plan.steps.truncate(1);
    plan.steps[0].after_minutes = 15;
    let all = escalations(PREFIX, &[plan], &Policy::default(), &people, now());
    let stages = &all["muster-plan-default-high"].stages;
    let shape: Vec<_> = stages.iter().map(|stage| (stage.minutes, stage.targets.len())).collect();
    assert_eq!(shape, [(30, 1), (30, 1)]);
}

#[test]
fn response_plans_follow_severity_type_and_backend() {
    let people = roster([person("ada", 1)]);
    let plans = desired(&people, true, PagingBackend::Both).plans;
    assert_eq!(plans.len(), 31);
    let plan = &plans["muster-critical-malware"];
    assert_eq!((plan.impact, plan.title.as_str()), (1, "CRITICAL: malware"));
    assert_eq!(plan.engagements, ["muster-plan-malware-critical"]);
    assert_eq!(plans["muster-high-other"].engagements, ["muster-plan-default-high"]);
    assert!(plans["muster-quiet"].engagements.is_empty());
    let native = desired(&people, true, PagingBackend::Native).plans;
    assert!(native.values().all(|plan| plan.engagements.is_empty()));
    assert!(native.keys().all(|name| is_ours(PREFIX, name)));
    for foreign in ["muster", "muster-mine", "other-high-malware", "muster-high-malware-2"] {
        assert!(!is_ours(PREFIX, foreign), "{foreign}");
    }
}

#[test]
fn what_somebody_changed_by_hand_is_told_from_what_the_roster_changed() {
    let digest = |text: &str| text.to_uppercase();
    let mut people = roster([person("ada", 1), person("bob", 2)]);
    let (mut actual, mut counter) = (Actual::default(), 0);
    let first = desired(&people, false, PagingBackend::Native);
    let todo = changes(&first, &actual);
    assert!(by_hand(&todo, &first, &Written::new(), digest).is_empty());
    for change in &todo {
        assert!(make(&mut actual, change, &mut counter));
    }
    let aliases = todo.iter().map(Change::alias);
    let written: Written = aliases.map(|a| (a.clone(), digest(&first.text(a).unwrap()))).collect();

    // Somebody renames Ada there and makes another under our name; the roster renames Bob.
    actual.people.get_mut("muster-contact-ada").unwrap().display_name = "Boss".into();
    actual.people.insert("muster-contact-eve".into(), ActualPerson::default());
    people.get_mut(&"bob".parse().unwrap()).unwrap().name = "Robert".into();
    let next = desired(&people, false, PagingBackend::Native);
    let left = by_hand(&changes(&next, &actual), &next, &written, digest);
    assert_eq!(left.into_iter().collect::<Vec<_>>(), ["muster-contact-ada", "muster-contact-eve"]);
    // What the roster changes since is written, whatever somebody did to it.
    people.get_mut(&"ada".parse().unwrap()).unwrap().name = "Augusta".into();
    people.remove(&"bob".parse().unwrap());
    let next = desired(&people, false, PagingBackend::Native);
    let left = by_hand(&changes(&next, &actual), &next, &written, digest);
    assert_eq!(left.into_iter().collect::<Vec<_>>(), ["muster-contact-eve"]);
}

#[test]
fn only_critical_escalations_have_contacts_with_hours_at_any_hour() {
    // Nine to five on Tuesdays alone: the test's now is a Monday night.
    let availability = serde_json::json!([{ "days": ["tue"], "from": "09:00", "to": "17:00" }]);
    let mut ada = person("ada", 1);
    ada.availability = serde_json::from_value(availability).unwrap();
    assert!(!ada.in_hours(now()));
    let people = roster([ada, person("bob", 2)]);
    let all = desired(&people, false, PagingBackend::Native).escalations;
    let first = |severity: &str| &all[&format!("muster-plan-default-{severity}")].stages[0].targets;
    assert_eq!(first("critical"), &["muster-contact-ada", "muster-contact-bob"]);
    assert_eq!(first("high"), &["muster-contact-bob"]);
}
