//! What the roster lacks, as it is now.

use axum::extract::State;
use jiff::Timestamp;
use muster_domain::report::coverage::{CoverageReport, coverage};
use muster_store::coverage::Gathered;

use crate::App;
use crate::http::answer::Report;
use crate::http::format::Format;
use crate::http::problem::Problem;

pub(crate) async fn report(
    State(app): State<App>,
    format: Format,
) -> Result<Report<CoverageReport>, Problem> {
    let gathered = Box::pin(Gathered::read(&app.roster, &app.incidents)).await?;
    let report = coverage(&gathered.sources(app.limits, Timestamp::now()));
    Ok(format.answer(&report, || report.document()))
}
