//! Who calls: the IAM identity or the bearer token that the gateway has checked.

use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use muster_domain::incident::Actor;
use muster_store::roster::{ChangeSource, Why};

use crate::http::problem::Problem;

/// What the gateway says of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A signed call of this ARN.
    Arn(String),
    /// A token of this subject.
    Token {
        /// Who: the token's `sub`.
        subject: String,
        /// The claims that say what the token may do, as the issuer wrote them.
        scopes: Vec<String>,
    },
}

impl Sign {
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        let Some(RequestContext::ApiGatewayV2(context)) = extensions.get() else { return None };
        let authorizer = context.authorizer.as_ref()?;
        if let Some(iam) = &authorizer.iam {
            return iam.user_arn.clone().map(Self::Arn);
        }
        let claims = &authorizer.jwt.as_ref()?.claims;
        let subject = claims.get("sub")?.clone();
        let scopes = ["scope", "scp"].into_iter().filter_map(|name| claims.get(name).cloned());
        Some(Self::Token { subject, scopes: scopes.collect() })
    }
}

/// The caller's ARN or subject. The gateway lets nobody in without one; should a route ever be open
/// by mistake, nothing is changed in nobody's name.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) String);

impl Caller {
    /// Who makes a change by the API, now.
    pub(crate) fn why(self) -> Why {
        Why { by: self.0, at: Timestamp::now(), source: ChangeSource::Api, reason: None }
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::Caller { caller: self.0.clone() }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Sign::of(&parts.extensions) {
            Some(Sign::Arn(name) | Sign::Token { subject: name, .. }) => Ok(Self(name)),
            None => Err(Problem::unsigned()),
        }
    }
}
