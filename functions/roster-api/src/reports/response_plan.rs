//! The response plan: its settings as an entry, the plan made of them and the roster, and its check.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster_domain::draft::fault::FieldError;
use muster_domain::response_plan::settings::ResponsePlanSettings;
use muster_domain::response_plan::settings::draft::ResponsePlanSettingsInput;
use muster_domain::response_plan::{
    ResponsePlan, ResponsePlanIssue, Revision, Sources, check, document, response_plan,
};
use muster_domain::value::stamps::Stamp;
use muster_runtime::error::AwsError;
use muster_store::coverage::Gathered;
use muster_store::roster::{Change, Entry, ThePlan};
use serde::Serialize;

use crate::App;
use crate::http::answer::Report;
use crate::http::format::Format;
use crate::http::problem::Problem;
use crate::roster::entries::Served;

impl Served for ResponsePlanSettings {
    const WHAT: &'static str = "response plan settings";
    const PATH: &'static str = "/response-plan/settings";
    const ONLY: Option<&'static str> = Some(<Self as Entry>::KIND);
    type Draft = ResponsePlanSettingsInput;

    fn version_of(draft: &ResponsePlanSettingsInput) -> Option<u64> {
        draft.version()
    }

    fn check(
        draft: ResponsePlanSettingsInput,
        _: Option<&ThePlan>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<FieldError>> {
        draft.check(current, stamp)
    }
}

/// Everything that the plan is made of, as it is now.
pub(crate) struct Made {
    pub(crate) gathered: Gathered,
    pub(crate) settings: ResponsePlanSettings,
    revisions: Vec<Revision>,
    pub(crate) now: Timestamp,
}

impl Made {
    pub(crate) async fn read(app: &App) -> Result<Self, AwsError> {
        let (gathered, settings, changes) = tokio::try_join!(
            Box::pin(Gathered::read(&app.roster, &app.incidents)),
            app.roster.entry::<ResponsePlanSettings>(&ThePlan),
            app.roster.changes_of::<ResponsePlanSettings>(&ThePlan),
        )?;
        let revision = |change: Change| Revision {
            at: change.at,
            version: change.version,
            summary: change.field_names(),
            by: change.by,
        };
        let revisions = changes.into_iter().map(revision).collect();
        let settings = settings.unwrap_or_default();
        Ok(Self { gathered, settings, revisions, now: Timestamp::now() })
    }

    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources {
            settings: &self.settings,
            people: &self.gathered.people,
            resources: &self.gathered.resources,
            plans: &self.gathered.plans,
            policy: &self.gathered.policy,
            exercises: &self.gathered.exercises,
            revisions: &self.revisions,
            now: self.now,
        }
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    format: Format,
) -> Result<Report<ResponsePlan>, Problem> {
    let made = Box::pin(Made::read(&app)).await?;
    let sources = made.sources();
    Ok(format.answer(&response_plan(&sources), || document(&sources)))
}

/// Issues, most severe first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ResponsePlanIssueList {
    /// The issues, most severe first.
    items: Vec<ResponsePlanIssue>,
}

pub(crate) async fn open(State(app): State<App>) -> Result<Json<ResponsePlanIssueList>, Problem> {
    let made = Box::pin(Made::read(&app)).await?;
    Ok(Json(ResponsePlanIssueList { items: check(&made.sources()) }))
}
