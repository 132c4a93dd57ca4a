//! Whether Muster can page, for the owner and for monitoring.

use axum::Json;
use axum::extract::State;
use muster::readiness::Readiness;

use crate::App;

pub(crate) async fn report(State(app): State<App>) -> Json<Readiness> {
    Json(app.parts.report().await)
}
