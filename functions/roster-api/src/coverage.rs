//! What the roster lacks, as it is now.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use muster_domain::report::coverage::coverage;
use muster_store::coverage::Gathered;

use crate::App;
use crate::format::Format;
use crate::problem::Problem;

pub(crate) async fn report(State(app): State<App>, format: Format) -> Result<Response, Problem> {
    let gathered = Box::pin(Gathered::read(&app.roster, &app.incidents)).await?;
    let report = coverage(&gathered.sources(app.limits, Timestamp::now()));
    Ok(format.answer(&report, || report.document()))
}
