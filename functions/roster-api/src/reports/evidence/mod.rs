//! The evidence pack: what an auditor asks for, in one file, with digests.

mod as_of;
mod pack;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_domain::draft::fault::FieldError;
use muster_domain::incident::drill::report::report;
use muster_domain::report::coverage::coverage;
use muster_domain::response_plan::{check, document, raci_csv, response_plan};
use muster_store::incidents::List;
use muster_store::roster::{Action, Change, ChangeSource};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::as_of::{Entries, roster_as_of};
use self::pack::Pack;
use crate::App;
use crate::http::answer::File;
use crate::http::problem::Problem;
use crate::reports::response_plan::Made;
use crate::roster::changes::shown;

/// How many changes a pack looks back on; what is older is not in it, and it says so.
const MOST_CHANGES: usize = 20_000;
/// Largest pack, in bytes: Lambda answers with 6 MB, and a file in it is a third longer.
const MOST_BYTES: usize = 4_300_000;
/// How many drills it reports in full.
const MOST_DRILLS: u16 = 50;

/// Of which day the roster is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsOf {
    day: Option<Date>,
    now: Timestamp,
}

#[derive(Deserialize)]
struct Parameters {
    as_of: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for AsOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let now = Timestamp::now();
        let fault =
            |fault: &str| Problem::bad_query(vec![FieldError::new("as_of", fault, "2026-11-01")]);
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(given)) = given else { return Err(fault("could not be parsed")) };
        let Some(text) = given.as_of else { return Ok(Self { day: None, now }) };
        let day: Date = text.parse().map_err(|_| fault("must be a date (YYYY-MM-DD)"))?;
        if day > now.to_zoned_datetime(TimeZone::UTC).date() {
            return Err(fault("must not be in the future"));
        }
        Ok(Self { day: Some(day), now })
    }
}

impl AsOf {
    /// The instant that the roster is shown as of: the end of the day, in UTC, or now.
    fn instant(self) -> Timestamp {
        let end = self.day.and_then(|day| day.tomorrow().ok());
        let end = end.and_then(|day| day.to_zoned_datetime(TimeZone::UTC).ok());
        end.map_or(self.now, |end| end.timestamp().min(self.now))
    }
}

/// What the pack says of itself.
#[derive(Debug, Serialize)]
struct PackageManifest {
    generated_at: Timestamp,
    roster_as_of: Timestamp,
    generated_by: &'static str,
    version: &'static str,
    /// Whether the history was too long to be in it whole.
    changes_truncated: bool,
    /// Entries whose earlier values were erased, so that they are shown as they were later.
    entries_with_erased_history: Vec<String>,
}

/// The package: a ZIP file.
pub(crate) struct Zip(File);

impl IntoResponse for Zip {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

pub(crate) async fn pack(State(app): State<App>, as_of: AsOf) -> Result<Zip, Problem> {
    let made = Box::pin(Made::read(&app)).await?;
    let (changes, changes_cut) = history(&app).await?;
    let entries = Entries::of(&made)?;
    let instant = as_of.instant();
    let restored = roster_as_of(entries, &changes, instant);
    let sources = made.sources();
    let plan = document(&sources);
    let lacks = coverage(&made.gathered.sources(app.limits, made.now));
    let reviews = json!({
        "reviews": app.incidents.reviews().all().await?,
        "confirmations": changes.iter().filter(|c| confirms(c)).cloned().map(shown).collect::<Vec<_>>(),
        "pending_change_request_count": made.gathered.waiting,
    });
    let drills = drills(&app).await?;
    let mut listed: Vec<Change> =
        changes.into_iter().filter(|c| c.at <= instant).map(shown).collect();
    let mut cut = changes_cut;
    // What does not fit an answer is left out from the oldest changes on, and the pack says so.
    let zip = loop {
        let about = PackageManifest {
            generated_at: made.now,
            roster_as_of: instant,
            generated_by: "Muster",
            version: env!("CARGO_PKG_VERSION"),
            changes_truncated: cut,
            entries_with_erased_history: restored.erased.clone(),
        };
        let mut pack = Pack::new(made.now);
        pack.json("about.json", &about)?;
        pack.text("plan/response-plan.md", &plan.markdown())?;
        pack.text("plan/response-plan.html", &plan.html())?;
        pack.json("plan/response-plan.json", &response_plan(&sources))?;
        pack.text("plan/raci.csv", &raci_csv(&made.settings))?;
        pack.json("checks/response-plan-check.json", &check(&sources))?;
        pack.json("checks/coverage.json", &lacks)?;
        pack.text("checks/coverage.html", &lacks.document().html())?;
        for (name, list) in &restored.lists {
            pack.json(&format!("roster/{name}.json"), list)?;
        }
        pack.json("reviews.json", &reviews)?;
        pack.json("drills.json", &drills)?;
        pack.json("changes.json", &listed)?;
        let zip = pack.finish()?;
        if zip.len() <= MOST_BYTES || listed.is_empty() {
            break zip;
        }
        cut = true;
        listed.truncate(listed.len() / 2);
    };
    let day = instant.strftime("%Y-%m-%d");
    let name = format!("muster-evidence-{day}.zip");
    Ok(Zip(File { media_type: "application/zip", name, content: zip }))
}

/// Whether a change confirms an entry.
fn confirms(change: &Change) -> bool {
    change.source == ChangeSource::Review
        && change.action == Action::Updated
        && change.fields.iter().any(|field| field.field == "confirmed_at")
}

/// Changes of all entries, newest first, and whether there are more of them.
async fn history(app: &App) -> Result<(Vec<Change>, bool), Problem> {
    let (mut changes, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = app.roster.changes(1000, cursor.as_deref()).await?;
        let Some(page) = page else { return Ok((changes, false)) };
        changes.extend(page.items);
        match page.next {
            None => return Ok((changes, false)),
            Some(_) if changes.len() >= MOST_CHANGES => return Ok((changes, true)),
            next => cursor = next,
        }
    }
}

/// The reports of the last drills.
async fn drills(app: &App) -> Result<Value, Problem> {
    let page = app.incidents.list(List::Drills, MOST_DRILLS, None).await?;
    let mut reports = Vec::new();
    for incident in page.map(|page| page.items).unwrap_or_default() {
        let history = app.incidents.history(&incident.id).await?;
        reports.extend(history.and_then(|history| report(&history.incident, &history.sends)));
    }
    serde_json::to_value(reports).map_err(|_| Problem::internal())
}
