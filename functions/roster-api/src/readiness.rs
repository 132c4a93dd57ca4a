//! Whether Muster can page, for the owner and for monitoring.

use axum::Json;
use axum::extract::State;
use muster::readiness::Readiness;

use crate::App;

pub(crate) async fn report(State(app): State<App>) -> Json<Readiness> {
    // Seven calls at once are a large future.
    Json(Box::pin(app.parts.report()).await)
}
