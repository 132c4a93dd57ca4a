//! Names, and the addresses that connections go to.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};

use super::super::resolver::{PublicResolver, SystemResolver};
use super::super::{ATTEMPT_TIMEOUT, Connection};
use super::server::{Server, then_nothing};
use super::{URL, code, webhooks};

/// Resolver with the same answer for every name, which counts its questions.
#[derive(Clone, Debug)]
struct Answers(Vec<IpAddr>, Arc<AtomicUsize>);

impl Answers {
    fn of(addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        Self(addresses.collect(), Arc::default())
    }
}

impl ResolveDns for Answers {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let unknown = || ResolveDnsError::new(format!("unknown host {name}"));
        DnsFuture::ready(if name.contains("unknown") { Err(unknown()) } else { Ok(self.0.clone()) })
    }
}

#[tokio::test]
async fn refuses_names_that_resolve_to_private_addresses_only() {
    let private = Answers::of(&["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254"]);
    let private = webhooks(Connection::with_resolver(PublicResolver(private)));
    assert_eq!(code(&private, URL).await, ("NotPublic".to_owned(), false));
    let unknown = "https://unknown.hidden-host.example.com/";
    assert_eq!(code(&private, unknown).await, ("NoConnection".to_owned(), true));
    let none = webhooks(Connection::with_resolver(PublicResolver(Answers::of(&[]))));
    assert_eq!(code(&none, URL).await, ("NoConnection".to_owned(), true));
}

#[tokio::test]
async fn keeps_the_public_addresses_of_a_name() {
    let mixed = PublicResolver(Answers::of(&["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"]));
    let kept = mixed.resolve_dns("hooks.example.com").await.unwrap();
    assert_eq!(kept, Answers::of(&["8.8.8.8", "2606:4700::1111"]).0);
    let system = PublicResolver(SystemResolver);
    assert!(system.resolve_dns("localhost").await.is_err());
    // What the system reads as addresses is checked like a name.
    assert!(system.resolve_dns("127.1").await.is_err());
    assert!(system.resolve_dns("2130706433").await.is_err());
}

#[tokio::test]
async fn speaks_tls_with_the_very_address_that_was_resolved() {
    let server = Server::start(&["no TLS"]).await;
    let resolver = Answers::of(&["127.0.0.1"]);
    let webhooks = webhooks(Connection::with_resolver(resolver.clone())).allow_port(server.port());
    let url = format!("https://hidden-host.example.com:{}/hidden-path", server.port());
    assert_eq!(code(&webhooks, &url).await, ("NoConnection".to_owned(), true));
    let hello = server.requests().remove(0);
    // A record of a handshake (RFC 8446, section 5.1), with the name of the host and nothing else of the URL.
    assert!(hello.starts_with('\u{16}') && hello.contains("hidden-host.example.com"));
    assert!(!hello.contains("hidden-path"));
    assert_eq!(resolver.1.load(Ordering::Relaxed), 1);
}

/// Takes as long as the limit for connections, 2 seconds.
#[tokio::test]
async fn gives_up_on_a_handshake_that_does_not_end() {
    let server = Server::start(&[then_nothing("")]).await;
    let connection = Connection::with_resolver(Answers::of(&["127.0.0.1"]));
    let webhooks = webhooks(connection).allow_port(server.port());
    let url = format!("https://hidden-host.example.com:{}/", server.port());
    let began = Instant::now();
    assert_eq!(code(&webhooks, &url).await, ("NoConnection".to_owned(), true));
    assert!(began.elapsed() < ATTEMPT_TIMEOUT);
}
