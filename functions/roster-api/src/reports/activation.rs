//! Activating a channel in Incident Manager: its owner gets a code, and gives it back here.

use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::State;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_runtime::error::AwsError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::App;
use crate::http::problem::Problem;
use crate::http::request::{Body, ChannelPath};
use crate::roster::entries::find;

/// How many digits a code has (Incident Manager API).
pub(crate) const CODE_DIGITS: RangeInclusive<usize> = 6..=10;

/// Activation request. Omit `code` to send a new code.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivationInput {
    #[expect(dead_code, reason = "each field is judged by itself, so that an error names it")]
    /// Code that the contact received. 6 to 10 digits.
    #[cfg_attr(test, schema(nullable = false, pattern = "^[0-9]{6,10}$", example = "123456"))]
    code: Option<String>,
}

/// State of a channel after an activation request.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) enum ActivationStatus {
    /// A code was sent to the channel.
    CodeSent,
    /// The channel is active.
    Activated,
}

/// Result of an activation request. `code_sent` or `activated`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Activation {
    /// What was done.
    status: ActivationStatus,
}

/// Sends a code to the channel, or takes the code that its owner read there.
pub(crate) async fn activate(
    State(app): State<App>,
    ChannelPath { contact, position }: ChannelPath,
    Body(body, _): Body<ActivationInput>,
) -> Result<Json<Activation>, Problem> {
    let contact = find::<Contact>(&app, &contact).await?;
    let channel = contact.channels.get(position.get() - 1);
    let channel = channel.ok_or_else(|| Problem::not_found("channel"))?;
    let code = code(&body)?;
    let others = app.others.as_ref().ok_or_else(Problem::no_route)?;
    let directory = &others.directory;
    // An account without Incident Manager may not even ask: that is an answer too.
    let used = directory.in_use().await.unwrap_or_else(|error| {
        tracing::warn!(reason = %error, "whether Incident Manager is in use cannot be asked");
        false
    });
    if !used {
        return Err(Problem::not_in_incident_manager());
    }
    let found = directory.channel(&contact.id, channel).await?;
    let found = found.ok_or_else(Problem::not_in_incident_manager)?;
    let Some(code) = code else {
        directory.send_code(&found.arn).await?;
        return Ok(Json(Activation { status: ActivationStatus::CodeSent }));
    };
    match directory.activate(&found.arn, &code).await {
        Ok(()) => Ok(Json(Activation { status: ActivationStatus::Activated })),
        Err(AwsError { code, .. }) if code == "ValidationException" => {
            let wrong =
                "is not the most recent code. Send the request without a code to receive a new one";
            Err(Problem::invalid(vec![FieldError::new("code", wrong, "123456")]))
        }
        Err(error) => Err(error.into()),
    }
}

/// The code in the body, if there is one.
fn code(body: &Value) -> Result<Option<String>, Problem> {
    let wrong = |field: &str, fault: &str| {
        Err(Problem::invalid(vec![FieldError::new(field, fault, "123456")]))
    };
    let Some(fields) = body.as_object() else {
        return wrong(
            "body",
            "must be a JSON object: {} sends a code, {\"code\": \"…\"} activates the channel",
        );
    };
    if fields.keys().any(|name| name != "code") {
        return wrong("body", "must not contain fields other than code");
    }
    match fields.get("code") {
        None => Ok(None),
        Some(Value::String(code))
            if CODE_DIGITS.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) =>
        {
            Ok(Some(code.clone()))
        }
        Some(_) => {
            let (least, most) = (CODE_DIGITS.start(), CODE_DIGITS.end());
            wrong("code", &format!("must be a string of {least} to {most} digits"))
        }
    }
}
