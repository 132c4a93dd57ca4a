//! The plan for people: every section, in order.

use super::{ResponsePlanIssue, Sources, check, external};
use crate::document::Document;
use crate::message::page::minute;
use crate::response_plan::settings::{ChannelUsage, Phase, RaciActivity};
use crate::roster::contact::{Contact, ContactStatus};
use crate::roster::plan::{EscalationPlan, StepChannels};
use crate::roster::role::Role;
use crate::value::availability::hours;
use crate::value::severity::Severity;

/// How many people, drills and revisions a table names before it stops.
const MOST: usize = 500;

fn titles(roles: &[Role]) -> String {
    roles.iter().map(|role| role.card().title).collect::<Vec<_>>().join(", ")
}

/// The letters of a role in a line of the chart: `R/A`, `C`, or none.
pub(super) fn letters(line: &RaciActivity, role: Role) -> String {
    let lists = [
        ("R", &line.responsible),
        ("A", &line.accountable),
        ("C", &line.consulted),
        ("I", &line.informed),
    ];
    let letters = lists.into_iter().filter(|(_, roles)| roles.contains(&role));
    letters.map(|(letter, _)| letter).collect::<Vec<_>>().join("/")
}

/// The plan as a document.
#[must_use]
pub fn document(sources: &Sources<'_>) -> Document {
    let settings = sources.settings;
    let title = match &settings.organization {
        Some(name) => format!("Incident response plan of {name}"),
        None => "Incident response plan".to_owned(),
    };
    let subtitle = format!(
        "Version {}, by {}. Made from the roster on {}. Put into force by the {}.",
        settings.stamps.version,
        settings.framework.title(),
        minute(sources.now),
        settings.approver.card().title,
    );
    let mut plan = Document::new(title, subtitle);
    open_points(&mut plan, &check(sources));
    plan.section("Purpose and scope");
    plan.text(&settings.purpose);
    plan.text(&settings.scope);
    team(&mut plan, sources);
    roles(&mut plan, sources);
    raci(&mut plan, sources);
    communication(&mut plan, sources);
    phases(&mut plan, sources);
    severities(&mut plan, sources);
    escalation(&mut plan, sources);
    external::sections(&mut plan, sources);
    exercises(&mut plan, sources);
    history(&mut plan, sources);
    plan
}

fn open_points(plan: &mut Document, points: &[ResponsePlanIssue]) {
    plan.section("Open points");
    if points.is_empty() {
        plan.text("The check of this plan finds nothing open.");
        return;
    }
    plan.notice(format!("The check of this plan finds {} open points.", points.len()));
    let row = |point: &ResponsePlanIssue| {
        let severity = point.severity.name().to_owned();
        vec![
            severity,
            point.subject.clone(),
            point.description.clone(),
            point.recommendation.to_owned(),
        ]
    };
    let head = ["Severity", "About", "What is open", "What to do"];
    plan.table("Open points", &head, points.iter().map(row).collect());
}

fn team(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Team overview");
    plan.text("Numbers and addresses are in the roster, which pages these people; they are not printed here.");
    let row = |contact: &&Contact| {
        let mut notes = Vec::new();
        if let (ContactStatus::OnLeave { until }, true) =
            (contact.status, contact.on_leave(sources.now))
        {
            notes.push(format!("on leave until {until}"));
        }
        if contact.unconfirmed_since.is_some() {
            notes.push("unconfirmed".to_owned());
        }
        vec![
            contact.name.clone(),
            titles(&contact.roles),
            contact.escalation_level.to_string(),
            format!("{} ({})", hours(&contact.availability), contact.time_zone.name()),
            contact.backup_contact.as_ref().map(ToString::to_string).unwrap_or_default(),
            contact.department.clone().unwrap_or_default(),
            notes.join(", "),
        ]
    };
    let team = sources.team();
    let head = ["Name", "Roles", "Level", "Hours", "Backup", "Department", "Notes"];
    plan.table("The team", &head, team.iter().take(MOST).map(row).collect());
    if team.len() > MOST {
        plan.text(format!("And {} more: GET /contacts lists everybody.", team.len() - MOST));
    }
}

fn roles(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Roles and responsibilities");
    for role in Role::ALL {
        let card = role.card();
        plan.part(card.title);
        plan.list(card.responsibilities.iter().copied());
        let names: Vec<_> = sources.holders(role).take(MOST).map(|c| c.name.as_str()).collect();
        let who = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        plan.text(format!(
            "Skills: {}. Escalation level {}. Filled by: {who}.",
            card.skills.join(", "),
            card.escalation_level
        ));
    }
}

fn raci(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Who does what (RACI)");
    plan.text("R: responsible, does it. A: accountable, answers for it. C: consulted before. I: informed after.");
    let short = Role::ALL.map(|role| role.card().title);
    let head: Vec<&str> = ["Activity"].into_iter().chain(short).collect();
    for phase in Phase::ALL {
        let lines = sources.settings.raci.iter().filter(|line| line.phase == phase);
        let row = |line: &RaciActivity| {
            let cells = Role::ALL.map(|role| letters(line, role));
            [line.activity.clone()].into_iter().chain(cells).collect()
        };
        plan.table(phase.title(sources.settings.framework), &head, lines.map(row).collect());
    }
}

fn communication(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Communication plan");
    let row = |line: &crate::response_plan::settings::CommunicationRule| {
        vec![
            line.audience.clone(),
            line.min_severity.name().to_owned(),
            line.channel.clone(),
            line.owner_role.card().title.to_owned(),
            line.cadence.clone(),
            line.approver_role.map_or("", |role| role.card().title).to_owned(),
        ]
    };
    let head = ["Audience", "From severity", "Channel", "Owner", "How often", "Approved by"];
    let rows = sources.settings.communication.iter().map(row).collect();
    plan.table("Who is told what", &head, rows);
    plan.section("Backup and out-of-band communication");
    plan.text(
        "When the usual way may be read by somebody else, or is gone, the team goes over to a backup that \
         does not depend on it. Say so by telephone, and not by the way that is being left.",
    );
    let row = |talk: &crate::response_plan::settings::CommunicationChannel| {
        let usage = match talk.usage {
            ChannelUsage::Primary => "usual",
            ChannelUsage::Backup => "backup",
        };
        vec![
            talk.name.clone(),
            usage.to_owned(),
            talk.instructions.clone(),
            talk.depends_on.join(", "),
        ]
    };
    let head = ["Way", "Use", "How to join", "Depends on"];
    plan.table(
        "How the team talks",
        &head,
        sources.settings.communication_channels.iter().map(row).collect(),
    );
}

fn phases(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Phases and their actions");
    for phase in Phase::ALL {
        plan.part(phase.title(sources.settings.framework));
        let actions = sources.settings.phases.iter().filter(|actions| actions.phase == phase);
        plan.list(actions.flat_map(|actions| actions.actions.iter().cloned()));
    }
}

fn severities(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Severities and how they escalate");
    let policy = sources.policy;
    let row = |severity: Severity| {
        let texts = sources.settings.severities.iter().filter(|text| text.severity == severity);
        let definition = texts.map(|text| text.definition.as_str()).collect::<Vec<_>>().join(" ");
        let kinds = policy.min_paging_severity.kinds(severity).join(", ");
        let paged = if kinds.is_empty() {
            "nobody; it is recorded".to_owned()
        } else {
            format!("levels 1 to {}, for {kinds}", policy.highest_level(severity))
        };
        let plans = sources.plans.to_vec();
        let chosen = EscalationPlan::choose(
            plans,
            crate::value::incident_type::IncidentType::Other,
            severity,
        );
        vec![severity.name().to_owned(), definition, paged, chosen.name]
    };
    let head =
        ["Severity", "What it means", "Who is paged", "Escalation plan, unless the kind has one"];
    plan.table("Severities", &head, Severity::ALL.into_iter().rev().map(row).collect());
}

fn escalation(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Escalation plans");
    let usual = EscalationPlan::default();
    let stored = sources.plans.iter().any(|plan| plan.id == usual.id);
    for one in sources.plans.iter().chain((!stored).then_some(&usual)) {
        plan.part(format!("Plan {}", one.name));
        let kinds: Vec<_> = one.incident_types.iter().map(|kind| kind.words()).collect();
        let kinds = if kinds.is_empty() { "any kind".to_owned() } else { kinds.join(", ") };
        plan.text(format!(
            "For {kinds}, from severity {} on. {}{} rounds of {} minutes, then the emergency topic. Paging stops \
             after {} acknowledgements.",
            one.min_severity.name(),
            first_pages(one),
            one.rounds,
            one.round_interval_minutes,
            one.required_acknowledgments,
        ));
        let step = |step: &crate::roster::plan::Step| {
            let targets: Vec<_> = step.targets.iter().map(ToString::to_string).collect();
            let by = match &step.channels {
                StepChannels::All => "every channel".to_owned(),
                StepChannels::Only(kinds) => {
                    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
                }
            };
            vec![format!("{} minutes", step.after_minutes), targets.join(", "), by]
        };
        let rows = one.steps.iter().map(step).collect();
        plan.table(&format!("Steps of {}", one.name), &["After", "Whom", "By"], rows);
    }
}

/// A sentence about when anything is sent at all, if that is not at once.
fn first_pages(plan: &EscalationPlan) -> String {
    let minutes = plan.first_minutes();
    if minutes == 0 {
        return String::new();
    }
    format!("The first step pages {minutes} minutes after the incident opens. ")
}

fn exercises(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Exercises");
    let past = |exercise: &crate::incident::drill::exercise::DrillSummary| {
        let answer = exercise.first_acknowledgment_seconds;
        vec![
            minute(exercise.started_at),
            exercise.incident_type.words(),
            exercise.severity.name().to_owned(),
            exercise.mode.name().to_owned(),
            exercise.acknowledgment_count.to_string(),
            answer.map(|seconds| format!("{seconds} s")).unwrap_or_default(),
        ]
    };
    let head = ["When", "Kind", "Severity", "Mode", "Answers", "First answer after"];
    if sources.exercises.is_empty() {
        plan.text("None was held.");
    }
    plan.table("Exercises held", &head, sources.exercises.iter().take(50).map(past).collect());
    let planned = &sources.settings.exercises;
    let row = |one: &crate::response_plan::settings::PlannedExercise| {
        vec![one.date.to_string(), one.description.clone()]
    };
    plan.table("Exercises planned", &["When", "What"], planned.iter().map(row).collect());
    if planned.is_empty() {
        plan.text("None is planned.");
    }
}

fn history(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("Review history");
    let months = sources.settings.review_interval_months;
    plan.text(format!(
        "The plan is reviewed every {months} months, and after every grave incident."
    ));
    let mut revisions: Vec<_> = sources.revisions.iter().collect();
    revisions.sort_by_key(|revision| std::cmp::Reverse(revision.at));
    let row = |one: &&super::Revision| {
        vec![minute(one.at), one.version.to_string(), one.by.clone(), one.summary.clone()]
    };
    if revisions.is_empty() {
        plan.text("Nobody has changed what Muster brings along.");
    }
    let head = ["When", "Version", "By", "What was changed"];
    plan.table("Changes of the plan", &head, revisions.iter().take(50).map(row).collect());
}
