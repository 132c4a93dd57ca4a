//! The wire between the functions and the local cloud: every call is seen, and chosen ones go wrong.

mod answer;
mod book;
mod caller;
mod fault;
mod pass;
mod request;
mod serve;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use book::Book;
pub use book::{Call, End};
use caller::Guard;
pub use fault::{Fault, Kind};

/// The wire. It ends when dropped, and with it whatever is still held up on it.
#[derive(Debug)]
pub struct Wire {
    pub(crate) port: u16,
    book: Arc<Book>,
    task: JoinHandle<()>,
}

impl Wire {
    /// A wire that kills functions only.
    pub(crate) async fn start() -> Result<Self> {
        Self::guarded(caller::is_function).await
    }

    async fn guarded(guard: Guard) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.context("there is no port for the wire")?;
        let port = listener.local_addr()?.port();
        let book = Arc::new(Book::default());
        let task = tokio::spawn(accept(listener, Arc::clone(&book), guard));
        Ok(Self { port, book, task })
    }

    /// Where everything goes: a port of this machine.
    pub(crate) fn before(&self, port: u16) {
        self.book.lead_to(port);
    }

    /// Where calls of these services go instead, by their names in signatures.
    pub(crate) fn before_others(&self, services: &'static [&'static str], port: u16) {
        self.book.lead_elsewhere(services, port);
    }

    /// From now on, the SMS provider refuses this number.
    pub(crate) fn refuse(&self, number: &str) {
        self.book.refuse(number);
    }

    /// SES sends nothing to this address any more; `reason` is `BOUNCE` or `COMPLAINT`.
    pub fn suppress(&self, address: &str, reason: &'static str) {
        self.book.suppress(address, reason);
    }

    /// The owner of this number has answered STOP.
    pub fn opt_out(&self, number: &str) {
        self.book.opt_out(number);
    }

    /// From now on, and beside what was armed before, this goes wrong. Each fault counts for itself, and
    /// where several strike one call, the one that was armed first does.
    ///
    /// # Errors
    /// It kills, and this machine does not say which process makes a call.
    pub fn arm(&self, fault: Fault) -> Result<()> {
        if matches!(fault.kind, Kind::KillBefore | Kind::KillAfter) {
            caller::can_be_found()?;
        }
        self.book.arm(fault);
        Ok(())
    }

    /// Nothing goes wrong any more, except what is held up already.
    pub fn disarm(&self) {
        self.book.disarm();
    }

    /// Every call since the last [`Wire::clear`], in the order they came in.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.book.calls()
    }

    /// Forgets the calls so far.
    pub fn clear(&self) {
        self.book.clear();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Each connection has a task; they all end with this one.
async fn accept(listener: TcpListener, book: Arc<Book>, guard: Guard) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    connections.spawn(serve::serve(client, Arc::clone(&book), guard));
                }
                // Mostly too many open files, which passes; at once would be a busy loop.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
