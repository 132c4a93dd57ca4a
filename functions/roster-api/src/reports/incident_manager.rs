//! How far Incident Manager is in step with the roster, by the last run that looked.

use axum::Json;
use axum::extract::State;
use muster_domain::incident_manager::directory::SyncReport;
use serde::Serialize;

use crate::App;
use crate::http::problem::Problem;

/// Status of the sync with Incident Manager.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct IncidentManagerStatus {
    /// Result of the last full sync. Omitted before the first sync, and if the account does not use Incident Manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<SyncReport>,
}

pub(crate) async fn read(State(app): State<App>) -> Result<Json<IncidentManagerStatus>, Problem> {
    Ok(Json(IncidentManagerStatus { last_sync: app.incidents.sync().report().await? }))
}
