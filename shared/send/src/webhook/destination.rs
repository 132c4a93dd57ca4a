//! Rules for webhook URLs. Text that is checked here is the text that the connector reads: both use one parser.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use muster_runtime::error::AwsError;

use super::address::is_public;
use super::outcome::failure;

/// Most characters of a URL: what servers and proxies are sure to accept is about 2,000.
const MAX_URL: usize = 2048;

/// Names that no public DNS has, and that resolvers inside a network can answer (RFC 6761, RFC 6762, RFC 8375, and
/// ICANN's reservation of `internal`, which Amazon VPC uses).
const INSIDE_NAMES: [&str; 5] = ["localhost", "local", "internal", "intranet", "home.arpa"];

/// Where a webhook goes.
#[derive(Clone)]
pub(super) struct Destination {
    authority: Authority,
    path: PathAndQuery,
}

impl Destination {
    /// Reads a URL. The fragment is not allowed, since it would not be sent, and neither are user and password.
    pub(super) fn parse(url: &str, ports: &[u16]) -> Result<Self, AwsError> {
        let bad = || failure("BadUrl", false);
        if url.len() > MAX_URL || url.contains('#') {
            return Err(bad());
        }
        let uri = url.parse::<Uri>().map_err(|_| bad())?.into_parts();
        if uri.scheme != Some(Scheme::HTTPS) {
            return Err(bad());
        }
        let authority = uri.authority.ok_or_else(bad)?;
        let port = read_port(&authority).ok_or_else(bad)?;
        if !is_public_host(authority.host()).ok_or_else(bad)? {
            return Err(failure("NotPublic", false));
        }
        if !ports.contains(&port) {
            return Err(failure("PortNotAllowed", false));
        }
        let path = match uri.path_and_query {
            Some(path) if path.as_str().starts_with('/') => path,
            // A query can follow the host at once.
            Some(path) => format!("/{}", path.as_str()).parse().map_err(|_| bad())?,
            None => PathAndQuery::from_static("/"),
        };
        let host = authority.host();
        // As the connector writes it in the `Host` header: without the default port.
        let authority = if port == 443 { host.parse().map_err(|_| bad())? } else { authority };
        Ok(Self { authority, path })
    }

    /// Host, and port if it is not 443.
    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Returns the URI of this path at a host.
    pub(super) fn uri(&self, scheme: Scheme, authority: Authority) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(scheme);
        parts.authority = Some(authority);
        parts.path_and_query = Some(self.path.clone());
        // All three parts are there, which is all that is checked.
        Uri::from_parts(parts).unwrap_or_default()
    }
}

/// Returns the port; `None` if there is anything but a host and a port. The parser passes over a user, and over ports
/// that are no number of 16 bits.
fn read_port(authority: &Authority) -> Option<u16> {
    match authority.as_str().strip_prefix(authority.host())? {
        "" => Some(443),
        port => port.strip_prefix(':').filter(|port| !port.starts_with('+'))?.parse().ok(),
    }
}

/// Checks whether a host is a name of public DNS or a public address; `None` if it is neither name nor address.
fn is_public_host(host: &str) -> Option<bool> {
    if let Some(address) = host_address(host) {
        return Some(is_public(address));
    }
    let host = host.to_ascii_lowercase();
    let is_name = host.len() <= 253 && host.split('.').all(is_label);
    let last = host.rsplit('.').next().unwrap_or_default();
    // Resolvers read hosts such as 127.1, 0x7f.1, and 2130706433 as addresses.
    if !is_name || last.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let is_under = |name: &str| {
        host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    // A single label would be looked up in the domains of the network.
    Some(host.contains('.') && !INSIDE_NAMES.into_iter().any(is_under))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Returns the address that a host is, if it is one. IPv6 is in brackets.
pub(super) fn host_address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[') {
        Some(rest) => Some(rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?.into()),
        None => Some(host.parse::<Ipv4Addr>().ok()?.into()),
    }
}
