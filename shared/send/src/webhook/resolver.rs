//! DNS for webhooks: the addresses that it returns are checked, and the connection goes to these and no others.

use std::fmt;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};

use super::address::is_public;

/// A name whose every address is inside some network. It does not say which: the name is part of the URL.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no public address")]
pub(super) struct NotPublic;

/// A name without an address.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no address")]
struct NoAddress;

/// Resolver of the operating system.
#[derive(Clone, Copy, Debug)]
pub(super) struct SystemResolver;

impl ResolveDns for SystemResolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            Ok(found.map(|socket| socket.ip()).collect())
        })
    }
}

/// Resolver that returns the public addresses of another. A name with public and private addresses keeps the public ones.
#[derive(Clone)]
pub(super) struct PublicResolver<R>(pub(super) R);

impl<R> fmt::Debug for PublicResolver<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PublicResolver")
    }
}

impl<R: ResolveDns> ResolveDns for PublicResolver<R> {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let mut addresses = self.0.resolve_dns(name).await?;
            if addresses.is_empty() {
                return Err(ResolveDnsError::new(NoAddress));
            }
            addresses.retain(|address| is_public(*address));
            if addresses.is_empty() { Err(ResolveDnsError::new(NotPublic)) } else { Ok(addresses) }
        })
    }
}
