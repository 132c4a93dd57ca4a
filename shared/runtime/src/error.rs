//! What went wrong with a call to AWS, without anything personal.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// DynamoDB's code for a write that met a transaction on the same item.
pub const CONFLICT: &str = "TransactionConflictException";

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
    /// Whether the service refused it for coming too fast: then nothing was done.
    pub throttled: bool,
}

impl AwsError {
    /// The error of `operation`.
    pub fn of<E: ProvideErrorMetadata>(
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let (code, passing) = match error {
            SdkError::ServiceError(context) => {
                let code = context.err().code().unwrap_or("Unknown").to_owned();
                let status = context.raw().status().as_u16();
                let throttled = status == 429 || throttled(&code);
                let passing = status >= 500 || throttled || denied(&code) || code == CONFLICT;
                return Self { operation, code, passing, throttled };
            }
            SdkError::TimeoutError(_) => ("Timeout".to_owned(), true),
            SdkError::DispatchFailure(_) => ("NoConnection".to_owned(), true),
            SdkError::ResponseError(_) => ("BadAnswer".to_owned(), true),
            _ => ("BadRequest".to_owned(), false),
        };
        Self { operation, code, passing, throttled: false }
    }

    /// Whether the service says that it did nothing: the call came too fast, or was not permitted.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.throttled || denied(&self.code)
    }

    /// An operation for which no time is left.
    #[must_use]
    pub fn late(operation: &'static str) -> Self {
        Self { operation, code: "Late".to_owned(), passing: false, throttled: false }
    }

    /// A value that cannot be read or written as what it should be.
    #[must_use]
    pub fn shape(operation: &'static str) -> Self {
        let code = "UnexpectedShape".to_owned();
        Self { operation, code, passing: false, throttled: false }
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

/// Whether this code means a permission that is missing. That is no fault of what was asked, and changes of
/// policies take seconds to be known everywhere.
fn denied(code: &str) -> bool {
    code.contains("AccessDenied") || code == "AuthorizationError"
}
