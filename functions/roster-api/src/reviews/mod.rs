//! Reviews: how they stand, asking for one now, testing somebody's channels, and what proofs there are.

pub(crate) mod change_requests;
pub(crate) mod pages;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use muster_domain::draft::fault::FieldError;
use muster_domain::review::reach::UndeliverableReason;
use muster_domain::review::{Review, Subject, Wanted};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::value::channel::ChannelType;
use muster_runtime::secret::Token;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::http::answer::Accepted;
use crate::http::caller::Caller;
use crate::http::problem::Problem;
use crate::http::request::{At, Body};
use crate::reviews::pages::tell;
use crate::roster::entries::find;

/// Most entries that one request asks about.
pub(crate) const MOST_SUBJECTS: usize = 100;

/// Review status of all entries.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ReviewList {
    /// The reviews, sorted by entry.
    items: Vec<Review>,
}

pub(crate) async fn list(State(app): State<App>) -> Result<Json<ReviewList>, Problem> {
    Ok(Json(ReviewList { items: app.incidents.reviews().all().await? }))
}

/// A request to send reviews.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewRequestInput {
    #[expect(dead_code, reason = "each field is judged by itself, so that an error names it")]
    /// Entries as `contact:<id>` or `external:<id>`. Maximum: 100. Default: all entries that are due.
    #[cfg_attr(test, schema(value_type = Option<Vec<Subject>>, nullable = false, max_items = 100))]
    subjects: Option<Vec<String>>,
}

/// A request that was accepted.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct RequestAccepted {
    /// ID of the request, for the log.
    #[cfg_attr(test, schema(example = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"))]
    request_id: String,
}

/// Asks the review for something and answers that it is on its way.
async fn asked(
    app: &App,
    wanted: impl FnOnce(String) -> Wanted,
) -> Result<Accepted<RequestAccepted>, Problem> {
    let request = Token::random().map_err(|_| Problem::internal())?.digest();
    if !tell(app, wanted(request.clone())).await {
        return Err(Problem::unavailable());
    }
    Ok(Accepted(RequestAccepted { request_id: request }))
}

/// Asks people to confirm entries now: those that are named, or all that are due.
pub(crate) async fn ask(
    State(app): State<App>,
    _: Caller,
    Body(body, _): Body<ReviewRequestInput>,
) -> Result<Accepted<RequestAccepted>, Problem> {
    let subjects = subjects(&body).map_err(Problem::invalid)?;
    let mut faults = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        let there = match subject {
            Subject::Contact(id) => {
                app.roster.entry::<Contact>(id).await?.is_some_and(|contact| !contact.departed())
            }
            Subject::External(id) => app.roster.entry::<ExternalResource>(id).await?.is_some(),
        };
        if !there {
            let fault = "references an entry that is not in the roster";
            faults.push(FieldError::new(
                format!("subjects[{index}]"),
                fault,
                "contact:ada-lovelace",
            ));
        }
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    tracing::info!(subjects = subjects.len(), "a review was asked for");
    asked(&app, |request| Wanted::Review { request, subjects }).await
}

fn subjects(body: &serde_json::Value) -> Result<Vec<Subject>, Vec<FieldError>> {
    const EXAMPLE: &str = "contact:ada-lovelace";
    let fault = |field: &str, fault: &str| vec![FieldError::new(field, fault, EXAMPLE)];
    let Some(object) = body.as_object() else {
        return Err(fault("body", "must be a JSON object with the field subjects"));
    };
    if object.keys().any(|key| key != "subjects") {
        return Err(fault("body", "must not contain fields other than subjects"));
    }
    let list = match object.get("subjects") {
        None => return Ok(Vec::new()),
        Some(serde_json::Value::Array(list)) if list.len() <= MOST_SUBJECTS => list,
        Some(serde_json::Value::Array(_)) => {
            return Err(fault("subjects", &format!("must have at most {MOST_SUBJECTS} items")));
        }
        Some(_) => return Err(fault("subjects", "must be an array")),
    };
    let (mut subjects, mut faults) = (Vec::new(), Vec::new());
    for (index, value) in list.iter().enumerate() {
        match value.as_str().map(str::parse::<Subject>) {
            Some(Ok(subject)) => subjects.push(subject),
            _ => faults.push(FieldError::new(
                format!("subjects[{index}]"),
                "must be contact:<id> or external:<id>",
                EXAMPLE,
            )),
        }
    }
    if faults.is_empty() { Ok(subjects) } else { Err(faults) }
}

/// Tests each of somebody's channels now.
pub(crate) async fn prove(
    State(app): State<App>,
    At(id): At<Contact>,
    _: Caller,
) -> Result<Accepted<RequestAccepted>, Problem> {
    let contact = find::<Contact>(&app, &id).await?;
    if contact.departed() {
        return Err(Problem::not_found("contact"));
    }
    asked(&app, |request| Wanted::Proof { request, contact: id }).await
}

/// Status of one channel.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[cfg_attr(test, schema(example = json!({
    "position": 1, "type": "sms", "address": "+1•••••0101", "verified": true,
    "verified_at": "2026-11-27T14:11:00Z", "tested_at": "2026-11-27T14:09:00Z"
})))]
pub(crate) struct ChannelStatus {
    /// Position of the channel in the contact's list (1-based).
    #[cfg_attr(test, schema(minimum = 1))]
    position: usize,
    /// Type of the channel.
    r#type: ChannelType,
    /// Masked address.
    address: String,
    /// Time of the last verification.
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
    /// Time of the last test message.
    #[cfg_attr(test, schema(value_type = String, format = DateTime))]
    #[serde(skip_serializing_if = "Option::is_none")]
    tested_at: Option<Timestamp>,
    /// Reason why messages to the channel are undeliverable. Omitted if they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    undeliverable_reason: Option<UndeliverableReason>,
    /// Whether the channel was verified within the verification period and is deliverable.
    verified: bool,
}

/// Status of all channels of a contact.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct ChannelStatusList {
    /// The channels, in order of preference.
    items: Vec<ChannelStatus>,
}

pub(crate) async fn reach(
    State(app): State<App>,
    At(id): At<Contact>,
) -> Result<Json<ChannelStatusList>, Problem> {
    let contact = find::<Contact>(&app, &id).await?;
    let (known, now) = (app.incidents.proofs().reach(&contact).await?, Timestamp::now());
    let channels = contact.channels.iter().zip(known).enumerate();
    let items = channels.map(|(n, (channel, reach))| ChannelStatus {
        position: n + 1,
        r#type: channel.kind(),
        address: channel.masked(),
        verified_at: reach.verified_at,
        tested_at: reach.tested_at,
        undeliverable_reason: reach.undeliverable_reason,
        verified: reach.undeliverable_reason.is_none() && reach.proven(app.limits.proof, now),
    });
    Ok(Json(ChannelStatusList { items: items.collect() }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies() {
        let faults = |body| subjects(&body).unwrap_err().into_iter().map(|f| f.field);
        assert_eq!(subjects(&json!({})).unwrap(), []);
        assert_eq!(subjects(&json!({"subjects": ["contact:ada"]})).unwrap().len(), 1);
        let odd = json!({"subjects": ["contact:ada", 1, "ada"]});
        assert_eq!(faults(odd).collect::<Vec<_>>(), ["subjects[1]", "subjects[2]"]);
        assert_eq!(faults(json!({"contacts": []})).collect::<Vec<_>>(), ["body"]);
        assert_eq!(faults(json!([])).collect::<Vec<_>>(), ["body"]);
        assert_eq!(faults(json!({"subjects": "ada"})).collect::<Vec<_>>(), ["subjects"]);
    }
}
