//! What went wrong with a call to AWS, without anything personal.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A failed call. It keeps the service's error code and drops its message: SNS and SES repeat
/// numbers and addresses there, and this text goes to logs and records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed: {code}")]
pub struct AwsError {
    /// The operation, as AWS names it: `sns:Publish`.
    pub operation: &'static str,
    /// The service's error code, or `Timeout`, `NoConnection`, `BadAnswer`, `BadRequest`.
    pub code: String,
    /// Whether the same call may work later.
    pub passing: bool,
}

impl AwsError {
    /// The error of `operation`.
    pub(crate) fn of<E: ProvideErrorMetadata>(
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let (code, passing) = match error {
            SdkError::ServiceError(context) => {
                let code = context.err().code().unwrap_or("Unknown").to_owned();
                let status = context.raw().status().as_u16();
                let passing = status >= 500 || status == 429 || throttled(&code);
                (code, passing)
            }
            SdkError::TimeoutError(_) => ("Timeout".to_owned(), true),
            SdkError::DispatchFailure(_) => ("NoConnection".to_owned(), true),
            SdkError::ResponseError(_) => ("BadAnswer".to_owned(), true),
            _ => ("BadRequest".to_owned(), false),
        };
        Self { operation, code, passing }
    }

    /// A value that cannot be read or written as what it should be.
    pub(crate) fn shape(operation: &'static str) -> Self {
        Self { operation, code: "UnexpectedShape".to_owned(), passing: false }
    }
}

/// Whether this code means "too fast". Source: "Error retries and exponential backoff in AWS".
fn throttled(code: &str) -> bool {
    code.contains("Throttl")
        || matches!(
            code,
            "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "TooManyRequestsException"
                | "LimitExceededException"
        )
}
