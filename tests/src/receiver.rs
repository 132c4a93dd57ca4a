//! A receiver of webhooks: it checks signatures as Standard Webhooks asks of receivers, keeps what came, and answers as told.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{HOST, LOCATION};
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How far a timestamp may be off, in seconds, as the reference libraries of Standard Webhooks have it.
const TOLERANCE: i64 = 300;

/// One request, its signature checked.
#[derive(Clone, Debug)]
pub struct Hooked {
    /// Address that the request was for: `https://hooks.example.com/path`.
    pub url: String,
    /// The same in each attempt for a delivery.
    pub id: String,
    /// The JSON in it.
    pub body: Value,
}

#[derive(Debug, Default)]
struct Record {
    came: Vec<Hooked>,
    /// Requests whose signature is wrong, as texts.
    wrong: Vec<String>,
    /// Statuses of the next answers by path; 204 after them.
    answers: BTreeMap<String, Vec<u16>>,
}

#[derive(Debug)]
struct Shared {
    key: hmac::Key,
    record: Mutex<Record>,
}

/// The receiver. It ends when dropped.
#[derive(Debug)]
pub struct Receiver {
    /// On 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Starts a receiver that has this secret.
    ///
    /// # Errors
    /// The secret is malformed; no port.
    pub async fn start(secret: &str) -> Result<Self> {
        let secret = secret.strip_prefix("whsec_").context("a secret begins with whsec_")?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(secret)?);
        let shared = Arc::new(Shared { key, record: Mutex::default() });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        // A broken connection is the sender's to notice.
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap_or(()) });
        Ok(Self { port, shared, task })
    }

    /// Answers the next requests for a path with these statuses.
    pub fn answer_next(&self, path: &str, statuses: &[u16]) {
        self.shared.record(|record| record.answers.insert(path.to_owned(), statuses.to_vec()));
    }

    /// Returns the requests for a URL so far.
    ///
    /// # Errors
    /// A request came whose signature is wrong.
    pub fn requests(&self, url: &str) -> Result<Vec<Hooked>> {
        self.shared.record(|record| {
            ensure!(record.wrong.is_empty(), "wrong requests: {:?}", record.wrong);
            Ok(record.came.iter().filter(|hooked| hooked.url == url).cloned().collect())
        })
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn record<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        look(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(axum::http::HeaderName, &'static str); 1]) {
    let read = read(&shared.key, &uri, &headers, &body);
    let status = shared.record(|record| {
        match read {
            Ok(hooked) => record.came.push(hooked),
            Err(error) => record.wrong.push(error.to_string()),
        }
        let planned = record.answers.get_mut(uri.path()).filter(|left| !left.is_empty());
        planned.map_or(204, |left| left.remove(0))
    });
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(LOCATION, "https://elsewhere.example.com/")])
}

fn read(key: &hmac::Key, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Hooked> {
    let header = |name: &str| -> Result<&str> {
        let value = headers.get(name).with_context(|| format!("{name} is missing"))?;
        Ok(value.to_str()?)
    };
    let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
    let off = Timestamp::now().as_second() - timestamp.parse::<i64>()?;
    ensure!(off.abs() <= TOLERANCE, "webhook-timestamp is {off} s off");
    let signature = header("webhook-signature")?.strip_prefix("v1,").context("not v1")?;
    let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    let valid = hmac::verify(key, &signed, &STANDARD.decode(signature)?);
    ensure!(valid.is_ok(), "webhook-signature does not match");
    Ok(Hooked {
        url: format!("https://{}{uri}", header(HOST.as_str())?),
        id: id.to_owned(),
        body: serde_json::from_slice(body)?,
    })
}
