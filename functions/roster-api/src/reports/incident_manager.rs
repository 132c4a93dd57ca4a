//! How far Incident Manager is in step with the roster, by the last run that looked.

use axum::Json;
use axum::extract::State;
use muster_domain::incident_manager::directory::SyncReport;
use serde::Serialize;

use crate::App;
use crate::http::problem::Problem;

/// What the last run found and did.
#[derive(Debug, Serialize)]
pub(crate) struct IncidentManagerStatus {
    /// Absent until there was one, and in accounts that do not use Incident Manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<SyncReport>,
}

pub(crate) async fn read(State(app): State<App>) -> Result<Json<IncidentManagerStatus>, Problem> {
    Ok(Json(IncidentManagerStatus { last_sync: app.incidents.sync().report().await? }))
}
