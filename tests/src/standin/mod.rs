//! Stand-ins for services that the local cloud lacks, as strict as AWS's own models of them.
//!
//! A request is read and checked by the service's model, then the service's `Act` says what comes of
//! it, and what that says is checked by the model too. So an act has nothing to validate: it keeps the
//! state in what it captures, and a service of forty operations is a longer `match`, no other thing.
//! Not here: whether a signature is right, what IAM allows, and output members outside the body.

mod check;
mod contacts;
mod engagements;
mod fault;
mod filters;
mod guardduty;
mod incidents;
mod lists;
mod model;
mod pattern;
mod protocol;
mod rest;
mod securityhub;
mod server;
mod shape;
#[cfg(test)]
mod tests;
mod voice;

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub(crate) use contacts::Contacts;
pub use engagements::Paged;
pub(crate) use fault::Fault;
pub(crate) use guardduty::GuardDuty;
pub(crate) use incidents::Incidents;
pub(crate) use securityhub::SecurityHub;
pub(crate) use voice::{Spoken, Voice};

use server::Shared;

/// A request that the service's model allows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// The service's folder in botocore, such as `ssm-contacts`.
    pub service: String,
    /// As the model names it.
    pub operation: String,
    /// Its input, from wherever in the request, by the names on the wire.
    pub input: Value,
}

/// A request that was not allowed, or whose answer AWS would never give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Nothing, if that is what was wrong.
    pub service: Option<String>,
    /// Nothing, if that is what was wrong.
    pub operation: Option<String>,
    /// The code and the message of the answer.
    pub reason: String,
}

/// What a service does with a call; what it gives is the answer as it is on the wire.
pub(crate) type Act = Box<dyn Fn(&Call) -> Result<Value, Fault> + Send + Sync>;

/// A server of some services, all on one port; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Standin {
    /// On 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
    /// The server stops when this is gone.
    _end: oneshot::Sender<()>,
}

impl Standin {
    /// Serves these services by their models in botocore's folder `data`. Which of them a request is
    /// for is read from the scope of its signature, as AWS's own front does.
    ///
    /// # Errors
    /// A model is missing or has something that we cannot read; two have the same name in
    /// signatures; no port.
    pub(crate) async fn start(data: &Path, services: Vec<(&str, Act)>) -> Result<Self> {
        let shared = Arc::new(Shared::load(data, services)?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (end, ended) = oneshot::channel();
        let serving = server::serve(listener, Arc::clone(&shared), ended);
        // A broken connection is the caller's to notice.
        tokio::spawn(async move { serving.await.ok() });
        Ok(Self { port, shared, _end: end })
    }

    /// Every request so far that its model allows, whatever came of it.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.record().calls.clone()
    }

    /// Who has called which operation: access keys, and names as IAM has them.
    pub(crate) fn callers(&self) -> BTreeSet<(String, String)> {
        self.shared.record().callers.clone()
    }

    /// Every request so far that was not allowed, and every answer of ours that AWS would never give.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        self.shared.record().refusals.clone()
    }

    #[cfg(test)]
    /// The next calls of this operation come too fast.
    ///
    /// # Errors
    /// There is no such service or operation.
    pub(crate) fn throttle(&self, service: &str, operation: &str, times: usize) -> Result<()> {
        self.fail(service, operation, "ThrottlingException", times)
    }

    /// The next calls of this operation fail with this error. A request that its model does not allow
    /// is no call, and is refused as ever.
    ///
    /// # Errors
    /// There is no such service, operation or error.
    pub(crate) fn fail(
        &self,
        service: &str,
        operation: &str,
        code: &str,
        times: usize,
    ) -> Result<()> {
        let model = self.shared.model(service).with_context(|| format!("no service {service}"))?;
        let found = model.operation(operation);
        let found = found.with_context(|| format!("{service} has no {operation}"))?;
        let fault = Fault::new(code, "The test asked for this.").filled(model, found)?;
        self.shared.record().plan(service, operation, fault, times);
        Ok(())
    }
}
