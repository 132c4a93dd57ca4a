//! What is still open in the plan: the check that it prints itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Sources;
use super::code::IssueCode;
use crate::finding::Finding;
use crate::finding::drill::DrillMode;
use crate::incident::Incident;
use crate::incident::course::course;
use crate::incident::escalation::Found;
use crate::response_plan::settings::{ChannelUsage, CommunicationChannel, Phase, RaciActivity};
use crate::roster::contact::Contact;
use crate::roster::external::ExternalResourceType;
use crate::roster::hole::LEAST_KINDS;
use crate::roster::plan::EscalationPlan;
use crate::roster::role::Role;
use crate::value::channel::Channel;
use crate::value::incident_type::IncidentType;
use crate::value::severity::Severity;
use crate::value::severity::Severity::{Critical, High, Low, Medium};

/// How long ago the last exercise may be.
const EXERCISE: SignedDuration = SignedDuration::from_hours(365 * 24);

/// An issue in the response plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "code": "exercise_due", "severity": "medium", "subject": "exercises",
    "description": "No live exercise took place in the last 12 months, and none is planned.",
    "impact": "The team does not know whether the plan works.",
    "recommendation": "Plan an exercise, and start a live drill."
})))]
pub struct ResponsePlanIssue {
    /// Severity of the issue.
    pub severity: Severity,
    /// Stable code of the issue.
    pub code: IssueCode,
    /// Activity, role, plan, channel, or organization that the issue affects.
    pub subject: String,
    /// Description of the issue.
    pub description: String,
    /// Impact on incident response.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub impact: &'static str,
    /// Recommended action.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub recommendation: &'static str,
}

/// The points that are found, one by one.
#[derive(Default)]
struct IssueList(Vec<ResponsePlanIssue>);

impl IssueList {
    fn add(
        &mut self,
        (code, severity): (IssueCode, Severity),
        subject: &str,
        what: impl Into<String>,
        (why, todo): (&'static str, &'static str),
    ) {
        let (subject, what) = (subject.to_owned(), what.into());
        self.0.push(ResponsePlanIssue {
            severity,
            code,
            subject,
            description: what,
            impact: why,
            recommendation: todo,
        });
    }
}

/// What is open in the plan, the gravest first.
#[must_use]
pub fn check(sources: &Sources<'_>) -> Vec<ResponsePlanIssue> {
    let mut points = IssueList::default();
    activities(sources, &mut points);
    roles(sources, &mut points);
    escalation(sources, &mut points);
    talk(sources, &mut points);
    duties(sources, &mut points);
    messages(sources, &mut points);
    upkeep(sources, &mut points);
    points.0.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| (a.code, &a.subject).cmp(&(b.code, &b.subject)))
    });
    points.0
}

/// Each activity has exactly one Accountable and at least one Responsible, and each phase an activity.
fn activities(sources: &Sources<'_>, points: &mut IssueList) {
    const RACI: &str = "Change it: PATCH /response-plan/settings.";
    for RaciActivity { activity, accountable, responsible, .. } in &sources.settings.raci {
        let number = accountable.len();
        if number != 1 {
            let what = format!("{number} roles are accountable.");
            let why = "With none, nobody answers for it; with two, each waits for the other.";
            points.add(
                (IssueCode::ActivityWithoutSingleAccountable, High),
                activity,
                what,
                (why, RACI),
            );
        }
        if responsible.is_empty() {
            let why = "Nobody will do it.";
            points.add(
                (IssueCode::ActivityWithoutResponsible, High),
                activity,
                "No role is responsible.",
                (why, RACI),
            );
        }
    }
    for phase in Phase::ALL {
        if sources.settings.raci.iter().all(|line| line.phase != phase) {
            let why = "What nobody has thought of before is thought of at 3 a.m.";
            points.add(
                (IssueCode::PhaseWithoutActivity, Medium),
                phase.name(),
                "The phase has no activity.",
                (why, RACI),
            );
        }
    }
}

/// Each role in the chart has somebody who can be reached, and a backup.
fn roles(sources: &Sources<'_>, points: &mut IssueList) {
    let lists = |line: &RaciActivity| {
        let lists = [&line.responsible, &line.accountable, &line.consulted, &line.informed];
        lists.into_iter().flatten().copied().collect::<Vec<Role>>()
    };
    let named: BTreeSet<Role> = sources.settings.raci.iter().flat_map(lists).collect();
    let reachable = |contact: &&Contact| {
        let kinds: BTreeSet<_> = contact.channels.iter().map(Channel::kind).collect();
        let away = contact.on_leave(sources.now);
        let backup = contact.backup_contact.as_ref().and_then(|id| sources.here(id));
        kinds.len() >= LEAST_KINDS
            && (!away || backup.is_some_and(|backup| !backup.on_leave(sources.now)))
    };
    for role in named {
        let title = role.card().title;
        let holders: Vec<&Contact> = sources.holders(role).collect();
        let commander = role == Role::IncidentCommander;
        match holders.as_slice() {
            [] => {
                let severity = if commander { Critical } else { High };
                let why = "The plan counts on a role that nobody fills.";
                points.add(
                    (IssueCode::RoleUnfilled, severity),
                    title,
                    "Nobody has this role.",
                    (why, "Give somebody the role."),
                );
                continue;
            }
            holders if !holders.iter().any(reachable) => {
                let why = "The plan counts on somebody who cannot be reached by two kinds of channel, or is away.";
                let todo = "Add channels, or a backup who is there.";
                points.add(
                    (IssueCode::RoleUnreachable, High),
                    title,
                    "Nobody in it can be reached now.",
                    (why, todo),
                );
            }
            _ => {}
        }
        let backed =
            |c: &&Contact| c.backup_contact.as_ref().and_then(|id| sources.here(id)).is_some();
        if holders.len() < 2 && !holders.iter().any(backed) {
            let why = "One illness or flight leaves the role to nobody.";
            let todo = "Give a second person the role, or the first one a backup.";
            points.add(
                (IssueCode::RoleSingleHolder, Medium),
                title,
                "Only one person, without a backup.",
                (why, todo),
            );
        }
    }
}

/// Whatever pages people ends somewhere: the course of each plan that could be chosen reaches somebody.
fn escalation(sources: &Sources<'_>, points: &mut IssueList) {
    let mut kinds: BTreeSet<IncidentType> = BTreeSet::from([IncidentType::Other]);
    kinds.extend(sources.plans.iter().flat_map(|plan| plan.incident_types.iter().copied()));
    // One plan is chosen for many kinds: it is told once for each severity.
    let mut silent: BTreeMap<(Severity, String), Vec<String>> = BTreeMap::new();
    // High and Critical threats must reach a person whatever the thresholds are: a custom action pages below them.
    let looked_at =
        |s: &Severity| *s >= Severity::High || sources.policy.min_paging_severity.any(*s);
    for severity in Severity::ALL.into_iter().filter(looked_at) {
        for kind in &kinds {
            let Ok(id) = "20260101-0000000000".parse() else { continue };
            let finding = Finding::assumed(severity, *kind, "000000000000".to_owned());
            let plan = EscalationPlan::choose(sources.plans.to_vec(), *kind, severity);
            let name = plan.id.to_string();
            let incident = Incident::open(id, finding, sources.policy, plan, sources.now);
            let found = Found::new(sources.people, sources.resources);
            let turns = course(&incident, &found);
            if turns.iter().all(|turn| turn.pages.is_empty()) {
                silent.entry((severity, name)).or_default().push(kind.words());
            }
        }
    }
    for ((severity, plan), kinds) in silent {
        let subject = format!("{} by plan {plan}", severity.name());
        let what = format!("Nobody is paged, from beginning to end, for: {}.", kinds.join(", "));
        let why = "No contact would hear of it.";
        let todo = "Change the plan, or the people whom it calls for.";
        points.add((IssueCode::SeverityWithoutPages, Critical), &subject, what, (why, todo));
    }
}

/// There is a way to talk that does not hang on what the usual one hangs on.
fn talk(sources: &Sources<'_>, points: &mut IssueList) {
    const TODO: &str = "Name one: PATCH /response-plan/settings, field channels.";
    let of = |usage: ChannelUsage| {
        sources.settings.communication_channels.iter().filter(move |talk| talk.usage == usage)
    };
    let plain = |text: &String| text.trim().to_lowercase();
    if of(ChannelUsage::Primary).next().is_none() {
        let why = "People look for each other instead of for the attacker.";
        points.add(
            (IssueCode::PrimaryChannelMissing, Medium),
            "channels",
            "No usual way to talk is named.",
            (why, TODO),
        );
    }
    if of(ChannelUsage::Backup).next().is_none() {
        let why = "An attacker who sits in the usual one reads along.";
        points.add(
            (IssueCode::BackupChannelMissing, High),
            "channels",
            "No backup is named.",
            (why, TODO),
        );
        return;
    }
    let mut needs: BTreeSet<String> = BTreeSet::new();
    for primary in of(ChannelUsage::Primary) {
        needs.extend(primary.depends_on.iter().map(plain));
        needs.insert(plain(&primary.name));
    }
    let apart = |talk: &CommunicationChannel| {
        !talk.depends_on.is_empty()
            && talk.depends_on.iter().all(|need| !needs.contains(&plain(need)))
    };
    if !of(ChannelUsage::Backup).any(apart) {
        let names: Vec<&str> = of(ChannelUsage::Backup).map(|talk| talk.name.as_str()).collect();
        let what = "Each backup needs what a usual one needs, or does not say what it needs.";
        let why = "What takes away the one takes away the other.";
        points.add(
            (IssueCode::BackupChannelNotIndependent, High),
            &names.join(", "),
            what,
            (why, TODO),
        );
    }
}

/// Each notification duty has somebody who sees to it; its clock is part of it.
fn duties(sources: &Sources<'_>, points: &mut IssueList) {
    for resource in sources.resources {
        let owner = resource.owner.as_ref().and_then(|id| sources.here(id));
        if !resource.notification_obligations.is_empty() && owner.is_none() {
            let why = "A deadline that is nobody's is missed.";
            let todo = "Name an owner who is in the roster: PATCH /external-resources/{id}.";
            points.add(
                (IssueCode::ObligationWithoutOwner, High),
                resource.id.as_str(),
                "Nobody sees to its notification duty.",
                (why, todo),
            );
        }
        if resource.r#type == ExternalResourceType::Regulator
            && resource.notification_obligations.is_empty()
        {
            let why = "Without hours there is no clock.";
            let todo = "Enter which incidents it must be told of, and within how many hours.";
            points.add(
                (IssueCode::RegulatorWithoutObligation, Medium),
                resource.id.as_str(),
                "No duty says when it must be told.",
                (why, todo),
            );
        }
    }
}

/// Each line of the communication plan has somebody, and what is grave has lines.
fn messages(sources: &Sources<'_>, points: &mut IssueList) {
    for line in &sources.settings.communication {
        if sources.holders(line.owner_role).next().is_none() {
            let what = format!("Nobody is {}.", line.owner_role.card().title);
            let why = "Nobody will write it.";
            points.add(
                (IssueCode::CommunicationWithoutOwner, Medium),
                &line.audience,
                what,
                (why, "Give somebody the role."),
            );
        }
    }
    for severity in [High, Critical] {
        if sources.settings.communication.iter().all(|line| line.min_severity > severity) {
            let why = "What nobody is told of spreads by itself.";
            let todo = "Add lines: PATCH /response-plan/settings, field communication.";
            points.add(
                (IssueCode::SeverityWithoutCommunication, Medium),
                severity.name(),
                "Nobody is told at this severity.",
                (why, todo),
            );
        }
    }
}

/// The plan is somebody's, is looked at, and is practised.
fn upkeep(sources: &Sources<'_>, points: &mut IssueList) {
    let settings = sources.settings;
    if settings.owner.as_ref().and_then(|id| sources.here(id)).is_none() {
        let why = "A plan that is nobody's grows old.";
        let todo = "Name an owner: PATCH /response-plan/settings.";
        points.add(
            (IssueCode::PlanWithoutOwner, Medium),
            "plan",
            "The plan has no owner in the roster.",
            (why, todo),
        );
    }
    let old = SignedDuration::from_hours(i64::from(settings.review_interval_months) * 30 * 24);
    let since = |at: Timestamp| sources.now.duration_since(at);
    if settings.stamps.version == 0 {
        let why = "It is what Muster brings along, and nobody has said that it is yours.";
        let todo = "Read it, change it, and make it yours: PUT /response-plan/settings.";
        points.add(
            (IssueCode::PlanNotAdopted, Medium),
            "plan",
            "Nobody has adopted the plan.",
            (why, todo),
        );
    } else if since(settings.stamps.updated_at) > old {
        let what = format!("Last changed on {}.", settings.stamps.updated_at.strftime("%Y-%m-%d"));
        let why = "What was right then may be wrong now.";
        let todo = "Review it, and store it again even if nothing changes.";
        points.add((IssueCode::PlanReviewDue, Medium), "plan", what, (why, todo));
    }
    // A dry drill pages nobody, so it proves nothing of people.
    let live = sources.exercises.iter().filter(|exercise| exercise.mode == DrillMode::Live);
    if !live.into_iter().any(|exercise| since(exercise.started_at) <= EXERCISE) {
        let severity = if settings.exercises.is_empty() { Medium } else { Low };
        let why = "A plan that was never tried is a hope.";
        points.add(
            (IssueCode::ExerciseDue, severity),
            "plan",
            "No live drill within a year.",
            (why, "Hold a drill: POST /drills."),
        );
    }
}
