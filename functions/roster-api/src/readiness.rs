//! Whether Muster can page, for the owner and for monitoring.

use axum::Json;
use axum::extract::State;
use muster_domain::report::readiness::Readiness;

use crate::App;
use crate::problem::Problem;

pub(crate) async fn report(State(app): State<App>) -> Result<Json<Readiness>, Problem> {
    let others = app.others.as_ref().ok_or_else(Problem::no_route)?;
    // Seven calls at once are a large future.
    Ok(Json(Box::pin(others.parts.report()).await))
}
