//! Who calls: the IAM identity the gateway has checked.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use muster::Actor;
use muster_aws::roster::Why;

use crate::problem::Problem;

/// The caller's ARN. The gateway lets nobody in without one; should a route ever be open by
/// mistake, nothing is changed in nobody's name.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) String);

impl Caller {
    /// Who makes a change by the API, now.
    pub(crate) fn why(self) -> Why {
        Why { by: self.0, at: Timestamp::now(), source: "api", reason: None }
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::Caller(self.0.clone())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let arn = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context
                .authorizer
                .as_ref()
                .and_then(|authorizer| authorizer.iam.as_ref())
                .and_then(|iam| iam.user_arn.clone()),
            _ => None,
        };
        arn.map(Self).ok_or_else(Problem::unsigned)
    }
}
