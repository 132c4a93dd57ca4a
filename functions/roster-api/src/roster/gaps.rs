//! Changes that would leave something open are refused, unless somebody overrides and says why.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::contact::ContactStatus;
use muster_domain::roster::external::ExternalResource;
use muster_domain::roster::hole::{Hole, Snapshot};
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::team::People;
use muster_domain::value::id::{ContactId, PlanId, ResourceId};
use muster_domain::value::stamps::Stamps;
use muster_domain::value::text;
use muster_runtime::error::AwsError;
use muster_store::roster::{Saved, Why};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::http::caller::Caller;
use crate::http::precondition::Precondition;
use crate::http::problem::Problem;
use crate::http::request::At;
use crate::roster::entries::{Served, find, stamp};

#[derive(Deserialize)]
struct Parameters {
    allow_gaps: Option<String>,
    reason: Option<String>,
}

/// Whether holes are accepted, and why.
#[derive(Clone, Debug)]
pub(crate) struct AllowGaps(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for AllowGaps {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |field: &str, fault: &str, example: &str| {
            Problem::bad_query(vec![FieldError::new(field, fault, example)])
        };
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(given)) = given else {
            return Err(wrong(
                "query",
                "could not be parsed",
                "allow_gaps=true&reason=team%20dissolved",
            ));
        };
        let reason = given.reason.as_deref().map(str::trim);
        if let Some(Err(error)) = reason.filter(|reason| !reason.is_empty()).map(text::line) {
            return Err(wrong("reason", &error.to_string(), "team dissolved"));
        }
        match given.allow_gaps.as_deref() {
            None | Some("false") => Ok(Self(None)),
            Some("true") => match reason.filter(|reason| !reason.is_empty()) {
                Some(reason) => Ok(Self(Some(reason.to_owned()))),
                None => Err(wrong("reason", "is required if allow_gaps=true", "team dissolved")),
            },
            Some(_) => Err(wrong("allow_gaps", "must be true or false", "true")),
        }
    }
}

/// The people and plans of the whole roster: what can be left open by a change.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) people: People,
    pub(crate) plans: Vec<EscalationPlan>,
    pub(crate) resources: BTreeSet<ResourceId>,
}

impl Whole {
    pub(crate) async fn read(app: &App) -> Result<Self, AwsError> {
        let (people, plans, resources) = tokio::try_join!(
            app.roster.all::<Contact>(),
            app.roster.all::<EscalationPlan>(),
            app.roster.all::<ExternalResource>()
        )?;
        let resources = resources.into_iter().map(|resource| resource.id).collect();
        let people = people.into_iter().map(|contact| (contact.id.clone(), contact)).collect();
        Ok(Self { people, plans, resources })
    }

    fn snapshot(&self) -> Snapshot<'_> {
        Snapshot { people: &self.people, plans: &self.plans, resources: &self.resources }
    }

    /// What is open in `after` and is not here.
    pub(crate) fn opened_by(&self, after: &Self) -> Vec<Hole> {
        self.snapshot().opened_by(after.snapshot())
    }
}

impl AllowGaps {
    /// Lets a change through that leaves nothing open, or whose holes are accepted; the reason is
    /// then part of its record.
    pub(crate) async fn judge<E: Served>(
        &self,
        app: &App,
        before: Option<&E>,
        after: Option<&E>,
        why: &mut Why,
    ) -> Result<(), Problem> {
        if self.0.is_some() || !E::may_open(before, after) {
            return self.accept(&[], why);
        }
        let whole = Whole::read(app).await?;
        let mut changed = whole.clone();
        E::apply(&mut changed, before, after);
        self.accept(&whole.opened_by(&changed), why)
    }

    /// Lets `open` be, if there is none or somebody says why.
    pub(crate) fn accept(&self, open: &[Hole], why: &mut Why) -> Result<(), Problem> {
        if self.0.is_none() && !open.is_empty() {
            return Err(Problem::opens(open));
        }
        why.reason.clone_from(&self.0);
        Ok(())
    }
}

/// Result of offboarding a contact.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct OffboardingResult {
    /// ID of the contact who was offboarded.
    #[cfg_attr(test, schema(value_type = String, pattern = "^[a-z0-9-]{1,64}$"))]
    contact: ContactId,
    /// ID of the contact who replaces them. Omitted if the contact had no backup in the roster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    replaced_by: Option<ContactId>,
    /// IDs of the contacts whose backup contact is now the replacement.
    #[cfg_attr(test, schema(value_type = Vec<String>, example = json!(["grace-hopper"])))]
    backup_for: Vec<ContactId>,
    /// IDs of the escalation plans that now name the replacement.
    #[cfg_attr(test, schema(value_type = Vec<String>, example = json!(["default"])))]
    escalation_plans: Vec<PlanId>,
    /// ID of the replacement, if it now has no backup contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$"))]
    contact_without_backup: Option<ContactId>,
}

/// Lets somebody leave: their own backup takes their place wherever they are a backup or are named
/// by a plan, and they are never paged again. Interrupted, it can be repeated: what was replaced
/// stays replaced.
pub(crate) async fn offboard(
    State(app): State<App>,
    At(id): At<Contact>,
    caller: Caller,
    condition: Precondition,
    overriding: AllowGaps,
) -> Result<Json<OffboardingResult>, Problem> {
    let leaver = find::<Contact>(&app, &id).await?;
    condition.check(Some(&leaver))?;
    leave(&app, leaver, caller.why(), &overriding).await.map(Json)
}

/// Lets `leaver` leave.
pub(crate) async fn leave(
    app: &App,
    leaver: Contact,
    mut why: Why,
    overriding: &AllowGaps,
) -> Result<OffboardingResult, Problem> {
    if leaver.departed() {
        return Ok(OffboardingResult {
            contact: leaver.id,
            replaced_by: None,
            backup_for: Vec::new(),
            escalation_plans: Vec::new(),
            contact_without_backup: None,
        });
    }
    let before = Whole::read(app).await?;
    let there = |id: &ContactId| before.people.get(id).is_some_and(|contact| !contact.departed());
    let successor = leaver.backup_contact.clone().filter(there);
    let gone = Contact { status: ContactStatus::Departed, ..leaver.touched(&stamp(&why)) };
    let (people, plans) = match &successor {
        Some(successor) => replaced(&before, &leaver.id, successor, &why),
        None => Default::default(),
    };
    let mut after = before.clone();
    for contact in people.iter().chain([&gone]) {
        after.people.insert(contact.id.clone(), contact.clone());
    }
    for plan in &plans {
        EscalationPlan::apply(&mut after, Some(plan), Some(plan));
    }
    overriding.accept(&before.opened_by(&after), &mut why)?;
    for contact in &people {
        save(app, contact, before.people.get(&contact.id), &why).await?;
    }
    for plan in &plans {
        save(app, plan, before.plans.iter().find(|old| old.id == plan.id), &why).await?;
    }
    save(app, &gone, Some(&leaver), &why).await?;
    let (alone, backed): (Vec<_>, Vec<_>) =
        people.into_iter().map(|c| c.id).partition(|id| successor.as_ref() == Some(id));
    Ok(OffboardingResult {
        contact: gone.id,
        replaced_by: successor,
        backup_for: backed,
        contact_without_backup: alone.into_iter().next(),
        escalation_plans: plans.into_iter().map(|plan| plan.id).collect(),
    })
}

/// Everybody whose backup is `leaver`, and every plan that names them, with `successor` instead.
fn replaced(
    whole: &Whole,
    leaver: &ContactId,
    successor: &ContactId,
    why: &Why,
) -> (Vec<Contact>, Vec<EscalationPlan>) {
    let backed =
        whole.people.values().filter(|other| other.backup_contact.as_ref() == Some(leaver));
    let people = backed.filter(|other| !other.departed()).map(|other| {
        // Two who were each other's backup: nobody is their own.
        let backup = Some(successor.clone()).filter(|id| *id != other.id);
        Contact { backup_contact: backup, ..other.touched(&stamp(why)) }
    });
    let plans = whole.plans.iter().filter_map(|plan| {
        let mut plan = plan.with_successor(leaver, successor)?;
        plan.stamps = Stamps::after(Some(&plan.stamps), &stamp(why));
        Some(plan)
    });
    (people.collect(), plans.collect())
}

async fn save<E: Served>(
    app: &App,
    entry: &E,
    before: Option<&E>,
    why: &Why,
) -> Result<(), Problem> {
    match app.roster.save(entry, before, why, None).await? {
        Saved::Done(_) => Ok(()),
        Saved::Conflict => Err(Problem::changed()),
    }
}
