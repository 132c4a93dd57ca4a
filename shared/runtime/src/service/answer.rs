//! Answers of services: JSON, or an error of which only the code is kept.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::ErrorMetadata;
use http_body_util::Limited;
use serde_json::Value;

/// Largest answer that is read, in bytes: a page of GuardDuty's attack sequences may have megabytes.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Reads an answer. The message of an error is dropped: services repeat addresses and numbers there.
pub(super) fn read(answer: &HttpResponse) -> Result<Value, OrchestratorError<ErrorMetadata>> {
    let bytes = answer.body().bytes().unwrap_or_default();
    let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(bytes) };
    if answer.status().is_success() {
        return body.map_err(|_| OrchestratorError::operation(ErrorMetadata::builder().build()));
    }
    let body = body.unwrap_or_default();
    let text = |name| body.get(name).and_then(Value::as_str);
    let code = answer.headers().get("x-amzn-errortype").or_else(|| text("code"));
    let mut error = ErrorMetadata::builder();
    if let Some(code) = code.or_else(|| text("__type")) {
        error = error.code(bare(code));
    }
    Err(OrchestratorError::operation(error.build()))
}

/// Returns the code of `InvalidAccessException:http://…` and of `com.amazonaws.sfn#InvalidArn`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.split_once('#').map_or(code, |(_, code)| code)
}

/// Ends an answer that is longer than [`MAX_BYTES`]; the call then fails as `BadAnswer`.
#[derive(Debug)]
pub(super) struct Limit;

#[dyn_dispatch_hint]
impl Intercept for Limit {
    fn name(&self) -> &'static str {
        "Limit"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let whole = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(whole, MAX_BYTES));
        Ok(())
    }
}
