//! The server: it finds the service of a request, has it answered, and keeps what was asked.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::fault::Fault;
use super::model::Model;
use super::protocol::{self, Reply};
use super::shape::Operation;
use super::{Act, Call, Refusal};

/// Largest body that is read; no request of ours is near it.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The services and what was asked of them.
#[derive(Debug)]
pub(super) struct Shared {
    services: Vec<Service>,
    record: Mutex<Record>,
}

struct Service {
    model: Model,
    act: Act,
}

impl fmt::Debug for Service {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Service").field(&self.model.name).finish()
    }
}

/// What was asked, and what will go wrong.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub calls: Vec<Call>,
    /// Who called which operation, by access key.
    pub callers: BTreeSet<(String, String)>,
    pub refusals: Vec<Refusal>,
    planned: Vec<Planned>,
}

#[derive(Debug)]
struct Planned {
    service: String,
    operation: String,
    fault: Fault,
    times: usize,
}

impl Record {
    pub(super) fn plan(&mut self, service: &str, operation: &str, fault: Fault, times: usize) {
        let (service, operation) = (service.to_owned(), operation.to_owned());
        self.planned.push(Planned { service, operation, fault, times });
    }

    /// Keeps the call, and says what goes wrong with it.
    fn keep(&mut self, call: &Call) -> Option<Fault> {
        self.calls.push(call.clone());
        let strikes = |planned: &&mut Planned| {
            let Planned { service, operation, times, .. } = planned;
            *times > 0 && *service == call.service && *operation == call.operation
        };
        let planned = self.planned.iter_mut().find(strikes)?;
        planned.times -= 1;
        Some(planned.fault.clone())
    }
}

impl Shared {
    pub(super) fn load(data: &Path, services: Vec<(&str, Act)>) -> Result<Self> {
        let mut loaded: Vec<Service> = Vec::new();
        for (name, act) in services {
            let model = Model::load(data, name)?;
            let signing = model.signing_name();
            let taken = loaded.iter().any(|service| service.model.signing_name() == signing);
            ensure!(!taken, "two services are {signing} in signatures");
            loaded.push(Service { model, act });
        }
        Ok(Self { services: loaded, record: Mutex::default() })
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn model(&self, service: &str) -> Option<&Model> {
        let mut models = self.services.iter().map(|service| &service.model);
        models.find(|model| model.name == service)
    }

    fn answer(&self, parts: &Parts, body: &[u8]) -> Reply {
        let Service { model, act } = match self.addressed(parts) {
            Ok(service) => service,
            Err(fault) => return self.nobody(&fault),
        };
        let (operation, input) = match protocol::read(model, parts, body) {
            Ok(read) => read,
            Err(refused) => {
                let reply = protocol::fault(model, refused.operation, &refused.fault);
                let Ok(reply) = reply else { return self.lie(model, refused.operation, reply) };
                self.refuse(Some(model), refused.operation, &refused.fault);
                return reply;
            }
        };
        let call = Call { service: model.name.clone(), operation: operation.name.into(), input };
        let caller = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = caller.and_then(|given| given.split_once("Credential=")?.1.split('/').next());
        let asked = format!("{}:{}", call.service, call.operation);
        self.record().callers.insert((key.unwrap_or_default().to_owned(), asked));
        // The record is let go before the act, which may look at it.
        let planned = self.record().keep(&call);
        let done = planned.map_or_else(|| act(&call), Err);
        let reply = match done {
            Ok(value) => protocol::answer(model, operation, &value),
            Err(fault) => protocol::fault(model, Some(operation), &fault),
        };
        match reply {
            Ok(reply) => reply,
            lie => self.lie(model, Some(operation), lie),
        }
    }

    /// The service in the scope of the signature: `AKID/date/region/SERVICE/aws4_request`.
    fn addressed(&self, parts: &Parts) -> Result<&Service, Fault> {
        let given = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.ok_or_else(|| {
            Fault::new("MissingAuthenticationToken", "Missing Authentication Token")
        })?;
        let name = scope(given).ok_or_else(|| {
            let why = "Authorization requires Credential, SignedHeaders and Signature of SigV4";
            Fault::new("IncompleteSignature", why)
        })?;
        let mut services = self.services.iter();
        let found = services.find(|service| service.model.signing_name() == name);
        found.ok_or_else(|| {
            let why = format!("Credential should be scoped to correct service, not '{name}'");
            Fault::new("InvalidSignatureException", why)
        })
    }

    fn refuse(&self, model: Option<&Model>, operation: Option<Operation<'_>>, fault: &Fault) {
        let service = model.map(|model| model.name.clone());
        let operation = operation.map(|operation| operation.name.to_owned());
        let reason = format!("{}: {}", fault.code, fault.message);
        self.record().refusals.push(Refusal { service, operation, reason });
    }

    /// The front of AWS itself answers, for nobody knows the service.
    fn nobody(&self, fault: &Fault) -> Reply {
        self.refuse(None, None, fault);
        own(403, fault)
    }

    /// The answer would not be AWS's: a fault of the stand-in, or something that it does not know.
    fn lie(&self, model: &Model, operation: Option<Operation<'_>>, reply: Result<Reply>) -> Reply {
        let why = reply.err().map_or_else(String::new, |error| format!("{error:#}"));
        let why = format!("the stand-in's answer would not be AWS's: {why}");
        let fault = Fault::new("StandIn", why);
        self.refuse(Some(model), operation, &fault);
        own(500, &fault)
    }
}

/// The service's name in the scope of a signature.
fn scope(authorization: &str) -> Option<&str> {
    let parts = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let part = |name: &str| {
        let mut parts = parts.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)).filter(|value| !value.is_empty())
    };
    part("SignedHeaders=").and(part("Signature="))?;
    let scope: Vec<&str> = part("Credential=")?.split('/').collect();
    match scope[..] {
        [_, _, _, service, "aws4_request"] => Some(service),
        _ => None,
    }
}

/// An answer in no service's form, which both protocols read.
fn own(status: u16, fault: &Fault) -> Reply {
    let body = json!({ "__type": fault.code, "message": fault.message }).to_string();
    let error = Some(fault.code.clone());
    Reply { status, content_type: "application/json".to_owned(), error, body }
}

/// Serves until the sender of `ended` is gone.
pub(super) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    ended: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let router = Router::new().fallback(handle).with_state(shared);
    let ended = async move {
        ended.await.ok();
    };
    axum::serve(listener, router).with_graceful_shutdown(ended).await
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let reply = match to_bytes(body, MOST_BYTES).await {
        Ok(body) => shared.answer(&parts, &body),
        Err(error) => own(413, &Fault::new("RequestEntityTooLarge", error.to_string())),
    };
    let mut response = Response::new(Body::from(reply.body));
    let status = StatusCode::from_u16(reply.status);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.extend(reply.content_type.parse().ok().map(|value| (CONTENT_TYPE, value)));
    if let Some(error) = reply.error.and_then(|code| code.parse().ok()) {
        headers.insert("x-amzn-errortype", error);
    }
    response
}
