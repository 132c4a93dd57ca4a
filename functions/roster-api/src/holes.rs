//! Changes that would leave something open are refused, unless somebody overrides and says why.

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use muster::contact::Status;
use muster::hole::{Hole, holes};
use muster::{Contact, ContactId, Fault};
use muster_aws::roster::{Why, Written};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::caller::Caller;
use crate::entries::find;
use crate::precondition::Precondition;
use crate::problem::Problem;
use crate::request::PathText;

/// Longest reason, in characters.
const MOST_REASON: usize = 200;

#[derive(Deserialize)]
struct Parameters {
    r#override: Option<String>,
    reason: Option<String>,
}

/// Whether holes are accepted, and why.
#[derive(Clone, Debug)]
pub(crate) struct Override(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Override {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |field: &str, fault: &str, example: &str| {
            Problem::bad_query(vec![Fault::new(field, fault, example)])
        };
        let given = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(given)) = given else {
            return Err(wrong("query", "cannot be read", "override=true&reason=team%20dissolved"));
        };
        match given.r#override.as_deref() {
            None | Some("false") => Ok(Self(None)),
            Some("true") => {
                let reason = given.reason.unwrap_or_default().trim().to_owned();
                let sound = !reason.is_empty()
                    && reason.chars().count() <= MOST_REASON
                    && !reason.chars().any(char::is_control);
                if sound {
                    return Ok(Self(Some(reason)));
                }
                Err(wrong("reason", "must say why, in 200 characters at most", "team dissolved"))
            }
            Some(_) => Err(wrong("override", "must be true or false", "true")),
        }
    }
}

impl Override {
    /// Lets a change through that leaves nothing open, or whose holes are accepted; the reason is
    /// then part of its record.
    pub(crate) async fn judge(
        &self,
        app: &App,
        before: &Contact,
        after: Option<&Contact>,
        why: &mut Why,
    ) -> Result<(), Problem> {
        if self.0.is_some() {
            why.reason.clone_from(&self.0);
            return Ok(());
        }
        // Most changes keep person and roles, and are not worth reading everybody for.
        let stays = after
            .is_some_and(|a| !a.departed() && before.roles.iter().all(|r| a.roles.contains(r)));
        if stays {
            return Ok(());
        }
        let everybody = app.roster.everybody().await?;
        let open = holes(before, after, everybody.iter());
        if open.is_empty() { Ok(()) } else { Err(Problem::opens(open)) }
    }
}

/// What became of a departure.
#[derive(Debug, Serialize)]
pub(crate) struct Departed {
    contact: ContactId,
    /// Who takes the leaver's place.
    successor: Option<ContactId>,
    /// Whose backup the successor has become.
    now_backup_of: Vec<ContactId>,
}

/// Lets somebody leave: their own backup takes their place wherever they are a backup, and they are
/// never paged again. Interrupted, it can be repeated: what was replaced stays replaced.
pub(crate) async fn depart(
    State(app): State<App>,
    PathText(text): PathText,
    caller: Caller,
    condition: Precondition,
    overriding: Override,
) -> Result<Json<Departed>, Problem> {
    let leaver = find::<Contact>(&app, &text).await?;
    condition.check(Some(&leaver))?;
    let mut why = caller.why();
    let everybody = app.roster.everybody().await?;
    let successor = leaver.backup.clone().filter(|backup| {
        everybody.iter().any(|contact| contact.id == *backup && !contact.departed())
    });
    let mut gone = Contact { status: Status::Departed, ..leaver.clone() };
    touch(&mut gone, &why);
    let replaced: Vec<Contact> = everybody
        .iter()
        .filter(|other| other.backup.as_ref() == Some(&leaver.id) && !other.departed())
        .filter(|other| successor.is_some() && successor.as_ref() != Some(&other.id))
        .cloned()
        .collect();
    if overriding.0.is_none() {
        let mut open = holes(&leaver, Some(&gone), everybody.iter());
        let mended = |id: &ContactId| replaced.iter().any(|other| other.id == *id);
        open.retain(|hole| !matches!(hole, Hole::NoBackup { contact } if mended(contact)));
        if !open.is_empty() {
            return Err(Problem::opens(open));
        }
    }
    why.reason.clone_from(&overriding.0);
    let mut now_backup_of = Vec::new();
    for other in replaced {
        let mut changed = Contact { backup: successor.clone(), ..other.clone() };
        touch(&mut changed, &why);
        if app.roster.save(&changed, Some(&other), &why, None).await? == Written::Conflict {
            return Err(Problem::changed());
        }
        now_backup_of.push(changed.id);
    }
    match app.roster.save(&gone, Some(&leaver), &why, None).await? {
        Written::Done => Ok(Json(Departed { contact: gone.id, successor, now_backup_of })),
        Written::Conflict => Err(Problem::changed()),
    }
}

/// Notes who changed a contact and counts the change.
fn touch(contact: &mut Contact, why: &Why) {
    contact.updated_at = why.at;
    contact.updated_by.clone_from(&why.by);
    contact.version += 1;
}
