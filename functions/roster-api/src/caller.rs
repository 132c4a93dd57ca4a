//! Who calls: the IAM identity the gateway has checked.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lambda_http::request::RequestContext;
use muster::Actor;

/// The caller's ARN. The gateway lets nobody in without one; the name for a missing one is for
/// tests that have no gateway.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) String);

impl Caller {
    pub(crate) fn actor(&self) -> Actor {
        Actor::Caller(self.0.clone())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let arn = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context
                .authorizer
                .as_ref()
                .and_then(|authorizer| authorizer.iam.as_ref())
                .and_then(|iam| iam.user_arn.clone()),
            _ => None,
        };
        Ok(Self(arn.unwrap_or_else(|| "unknown".to_owned())))
    }
}
