//! What an answer or a failed connection means for a delivery.

use std::error::Error;

use aws_smithy_runtime_api::client::result::ConnectorError;
use muster_runtime::error::AwsError;

use super::resolver::NotPublic;

const OPERATION: &str = "webhook:Send";

/// Returns an error that has this code and nothing of the request or the answer.
pub(super) fn failure(code: impl Into<String>, passing: bool) -> AwsError {
    AwsError { operation: OPERATION, code: code.into(), passing, throttled: false }
}

/// Accepts 2xx. A redirect is never followed: its target could be any address, and would get the signed body.
pub(super) fn check_status(status: u16) -> Result<(), AwsError> {
    let code = || format!("Http{status}");
    match status {
        200..=299 => Ok(()),
        300..=399 => Err(failure("Redirected", false)),
        // The receiver did nothing yet, so that another attempt within the same claim is no second page.
        429 => Err(AwsError { throttled: true, ..failure(code(), true) }),
        408 | 425 | 500..=599 => Err(failure(code(), true)),
        400..=499 => Err(failure(code(), false)),
        _ => Err(failure("BadAnswer", true)),
    }
}

/// Returns the error for a request without an answer. The connector's own text can have the host's name, so that only
/// its kind is kept.
pub(super) fn connector_error(error: &ConnectorError) -> AwsError {
    let first: &(dyn Error + 'static) = error;
    let mut chain = std::iter::successors(Some(first), |&error| error.source());
    if chain.any(<dyn Error>::is::<NotPublic>) {
        failure("NotPublic", false)
    } else if error.is_user() {
        failure("BadRequest", false)
    } else if error.is_timeout() || error.is_io() {
        // The connector's only timeout is the one for connections.
        failure("NoConnection", true)
    } else {
        failure("BadAnswer", true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_each_status_to_a_code_and_whether_it_can_pass() {
        let check = |statuses: &[u16], code: &str, passing| {
            for status in statuses {
                let error = check_status(*status).unwrap_err();
                let code = code.replace('*', &status.to_string());
                assert_eq!((error.code, error.passing), (code, passing), "{status}");
                assert_eq!(error.throttled, *status == 429, "{status}");
            }
        };
        check(&[300, 301, 302, 303, 304, 307, 308, 399], "Redirected", false);
        check(&[400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 499], "Http*", false);
        check(&[408, 425, 429, 500, 501, 502, 503, 504, 599], "Http*", true);
        check(&[100, 101, 199, 600, 999], "BadAnswer", true);
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(check_status(status), Ok(()));
        }
    }
}
