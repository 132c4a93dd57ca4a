//! Escalation plans: what is theirs alone; the rest they share with other entries.

use axum::Json;
use axum::extract::State;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::plan::EscalationPlan;
use muster_domain::roster::plan::draft::EscalationPlanInput;
use muster_domain::value::id::PlanId;
use muster_domain::value::stamps::Stamp;

use crate::App;
use crate::http::paging::{NameFilter, Page, Paging, listed};
use crate::http::problem::Problem;
use crate::roster::entries::Served;
use crate::roster::gaps::Whole;

impl Served for EscalationPlan {
    const WHAT: &'static str = "escalation plan";
    const PATH: &'static str = "/escalation-plans";
    type Draft = EscalationPlanInput;

    fn version_of(draft: &EscalationPlanInput) -> Option<u64> {
        draft.version()
    }

    fn check(
        draft: EscalationPlanInput,
        id: Option<&PlanId>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<FieldError>> {
        draft.check(id, current, stamp)
    }

    fn may_open(_: Option<&Self>, after: Option<&Self>) -> bool {
        after.is_some_and(|plan| plan.named().next().is_some() || plan.externals().next().is_some())
    }

    fn apply(whole: &mut Whole, before: Option<&Self>, after: Option<&Self>) {
        let id = before.or(after).map(|plan| &plan.id);
        whole.plans.retain(|plan| Some(&plan.id) != id);
        whole.plans.extend(after.cloned());
    }
}

/// The plans that are stored. The one that is built in can be read as `default`.
pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
    NameFilter(q): NameFilter,
) -> Result<Json<Page<EscalationPlan>>, Problem> {
    let (limit, cursor) = (usize::from(paging.limit), paging.cursor.as_deref());
    let wanted =
        |plan: &EscalationPlan| q.as_ref().is_none_or(|q| plan.name.to_lowercase().contains(q));
    listed(app.roster.entries(limit, cursor, wanted).await?)
}
