//! The wire between the functions and the local cloud: every call is seen, and chosen ones go wrong.

mod call;
mod caller;
mod fault;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock};

use anyhow::{Context as _, Result};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use call::Request;
pub use fault::{Fault, Kind};

/// What the wire does and has seen.
#[derive(Debug, Default)]
struct Plan {
    /// Numbers that the SMS provider refuses, as a form has them.
    numbers: BTreeSet<String>,
    /// What goes wrong.
    faults: Vec<Fault>,
    /// The calls so far, by operation, in their order.
    calls: Vec<String>,
    /// How many calls went wrong.
    hits: usize,
}

/// The wire; it ends when dropped.
#[derive(Debug)]
pub struct Wire {
    pub(crate) port: u16,
    plan: Arc<Mutex<Plan>>,
    upstream: Arc<OnceLock<u16>>,
    task: JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (plan, upstream) = (Arc::new(Mutex::new(Plan::default())), Arc::new(OnceLock::new()));
        let (shared, to) = (Arc::clone(&plan), Arc::clone(&upstream));
        let task = tokio::spawn(async move {
            while let Ok((client, from)) = listener.accept().await {
                let (plan, to) = (Arc::clone(&shared), Arc::clone(&to));
                // A broken connection is the caller's to notice.
                tokio::spawn(async move { serve(client, from, &plan, to.get().copied()).await });
            }
        });
        Ok(Self { port, plan, upstream, task })
    }

    /// Where everything goes.
    pub(crate) fn before(&self, port: u16) {
        let _ = self.upstream.set(port);
    }

    /// From now on, the SMS provider refuses this number.
    pub(crate) fn refuse(&self, number: &str) {
        self.with(|plan| {
            plan.numbers.insert(format!("PhoneNumber={}", number.replace('+', "%2B")))
        });
    }

    /// From now on, and beside what was armed before, this goes wrong.
    pub fn arm(&self, fault: Fault) {
        self.with(|plan| plan.faults.push(fault));
    }

    /// Nothing goes wrong any more.
    pub fn disarm(&self) {
        self.with(|plan| plan.faults.clear());
    }

    /// How many calls have gone wrong since the last time this was asked.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.with(|plan| std::mem::take(&mut plan.hits))
    }

    /// The calls since the last time this was asked, by operation (`dynamodb:GetItem`), in their order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.with(|plan| std::mem::take(&mut plan.calls))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Plan) -> T) -> T {
        // Whoever panicked while holding it has failed the test already.
        act(&mut self.plan.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What to do with one call.
fn decide(plan: &Mutex<Plan>, request: &Request) -> (bool, Option<Kind>) {
    let mut plan = plan.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let form = request.body_text();
    let refused = form.split('&').any(|field| plan.numbers.contains(field));
    let operation = request.operation();
    // What a function does to have connections while it starts is no part of any event.
    if form.contains("warm") {
        return (refused, None);
    }
    plan.calls.push(operation.clone());
    let kind = plan.faults.iter_mut().find_map(|fault| fault.strikes(&operation, &form));
    plan.hits += usize::from(kind.is_some());
    (refused, kind)
}

/// Serves one request. One a connection: its end is then the end of the stream.
async fn serve(
    mut client: TcpStream,
    from: SocketAddr,
    plan: &Mutex<Plan>,
    upstream: Option<u16>,
) -> Result<()> {
    let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
    let (refused, kind) = decide(plan, &request);
    if refused {
        return Ok(client.write_all(&fault::unreachable_number()).await?);
    }
    if request.body_text().contains("Action=GetSMSSandboxAccountStatus") {
        return Ok(client.write_all(&fault::sandbox()).await?);
    }
    let upstream = upstream.context("there is nothing to pass requests on to yet")?;
    match kind {
        None => {
            let answer = request.pass(upstream).await?;
            client.write_all(&answer).await?;
        }
        Some(Kind::Refuse | Kind::Throttle | Kind::Fail) => {
            let kind = kind.unwrap_or(Kind::Fail);
            client.write_all(&fault::answer(&request.operation(), kind)).await?;
        }
        Some(Kind::Delay(long)) => {
            tokio::time::sleep(long).await;
            // Applied all the same, although the caller may have given up.
            let answer = request.pass(upstream).await?;
            client.write_all(&answer).await?;
        }
        Some(Kind::Cut) => drop(request.pass(upstream).await?),
        Some(Kind::KillBefore) => caller::kill(from)?,
        Some(Kind::KillAfter) => {
            request.pass(upstream).await?;
            caller::kill(from)?;
        }
    }
    Ok(())
}
