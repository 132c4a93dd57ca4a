//! What a bearer token may call: scopes by route, as the token's issuer granted them.

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;

use crate::App;
use crate::http::caller::Sign;
use crate::http::problem::Problem;

/// A part of what the API can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Read the roster, numbers and addresses masked.
    Read,
    /// Change it.
    Write,
    /// See numbers and addresses.
    Reveal,
    /// Read and answer incidents.
    Respond,
    /// Everything.
    Admin,
}

impl Scope {
    /// Every scope.
    pub(crate) const ALL: [Self; 5] =
        [Self::Read, Self::Write, Self::Reveal, Self::Respond, Self::Admin];

    /// Its name in a token.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "roster.read",
            Self::Write => "roster.write",
            Self::Reveal => "roster.reveal",
            Self::Respond => "incidents.respond",
            Self::Admin => "admin",
        }
    }

    /// The scopes that a token's claim names, each after `prefix`. An issuer may write a text with
    /// spaces or a list, which the gateway hands over as `[a b]`. Another API's scope of the same name,
    /// `billing/admin`, is none of ours.
    fn in_claim(claim: &str, prefix: &str) -> Vec<Self> {
        let words = claim.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"'));
        let named = |word: &str| {
            let name = word.strip_prefix(prefix)?;
            Self::ALL.into_iter().find(|scope| scope.name() == name)
        };
        words.filter_map(named).collect()
    }
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Anybody, without a signature or a token.
    Everybody,
    /// Whoever has one of these scopes, or is an administrator.
    Any(&'static [Scope]),
}

impl Allowed {
    /// Whether somebody with these scopes may call it.
    pub(crate) fn to(self, scopes: &[Scope]) -> bool {
        match self {
            Self::Everybody => true,
            Self::Any(wanted) => {
                scopes.iter().any(|scope| *scope == Scope::Admin || wanted.contains(scope))
            }
        }
    }
}

/// The handlers of a route, behind its scopes, which tokens name after `prefix`. IAM judges signed calls
/// itself, before they get here; a call that is neither signed nor has a token that says whose it is
/// gets no further.
pub(crate) fn guard(
    handlers: MethodRouter<App>,
    allowed: Allowed,
    prefix: &Arc<str>,
) -> MethodRouter<App> {
    let prefix = Arc::clone(prefix);
    handlers.layer(from_fn(move |request: Request, next: Next| {
        judge(allowed, Arc::clone(&prefix), request, next)
    }))
}

async fn judge(allowed: Allowed, prefix: Arc<str>, request: Request, next: Next) -> Response {
    let Allowed::Any(wanted) = allowed else { return next.run(request).await };
    match Sign::of(request.extensions()) {
        None => Problem::unsigned().into_response(),
        Some(Sign::Arn(_)) => next.run(request).await,
        Some(Sign::Token { scopes, .. }) => {
            let claims = scopes.iter().flat_map(|claim| Scope::in_claim(claim, &prefix));
            if allowed.to(&claims.collect::<Vec<_>>()) {
                return next.run(request).await;
            }
            let names: Vec<_> = wanted.iter().map(|scope| scope.name()).collect();
            Problem::not_in_scope(&names).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims() {
        use Scope::{Admin, Read, Write};
        let check = |claim: &str, prefix: &str, expected: &[Scope]| {
            assert_eq!(Scope::in_claim(claim, prefix), expected, "{claim}");
        };
        check("openid roster.read roster.write", "", &[Read, Write]);
        check("[roster.read admin]", "", &[Read, Admin]);
        check("roster.readx Roster.Read billing/admin", "", &[]);
        check("billing/admin muster/roster.read admin", "muster/", &[Read]);
        assert!(Allowed::Any(&[]).to(&[Admin]) && !Allowed::Any(&[]).to(&[Read, Write]));
        assert!(Allowed::Any(&[Read]).to(&[Read]) && Allowed::Everybody.to(&[]));
    }
}
