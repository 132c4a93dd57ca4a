//! What a bearer token may call: scopes by route, as the token's issuer granted them.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;

use crate::App;
use crate::caller::Sign;
use crate::problem::Problem;

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

    /// The scopes that a token's claim names. An issuer may write a text with spaces or a list, which
    /// the gateway hands over as `[a b]`.
    pub(crate) fn in_claim(claim: &str) -> Vec<Self> {
        let words = claim.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"'));
        let named = |word: &str| Self::ALL.into_iter().find(|scope| scope.name() == word);
        // Some issuers put the API's own name before: `https://muster.example.com/roster.read`.
        words.filter_map(|word| named(word.rsplit('/').next().unwrap_or(word))).collect()
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

/// The handlers of a route, behind its scopes. IAM judges signed calls itself, before they get here.
pub(crate) fn guard(handlers: MethodRouter<App>, allowed: Allowed) -> MethodRouter<App> {
    handlers.layer(from_fn(move |request: Request, next: Next| judge(allowed, request, next)))
}

async fn judge(allowed: Allowed, request: Request, next: Next) -> Response {
    if let Some(Sign::Token { scopes, .. }) = Sign::of(request.extensions())
        && let Allowed::Any(wanted) = allowed
        && !allowed.to(&scopes)
    {
        let names: Vec<_> = wanted.iter().map(|scope| scope.name()).collect();
        return Problem::not_in_scope(&names).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims() {
        use Scope::{Admin, Read, Write};
        let check = |claim: &str, expected: &[Scope]| {
            assert_eq!(Scope::in_claim(claim), expected, "{claim}");
        };
        check("openid roster.read roster.write", &[Read, Write]);
        check("[roster.read admin]", &[Read, Admin]);
        check("https://muster.example.com/roster.read", &[Read]);
        check("roster.readx Roster.Read", &[]);
        assert!(Allowed::Any(&[]).to(&[Admin]) && !Allowed::Any(&[]).to(&[Read, Write]));
        assert!(Allowed::Any(&[Read]).to(&[Read]) && Allowed::Everybody.to(&[]));
    }
}
