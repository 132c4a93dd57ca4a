//! Calls to the local cloud: SDK clients' configuration, signed calls and plain ones.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail, ensure};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_types::SdkConfig;
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use serde_json::Value;

use crate::home::Access;

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const ACCOUNT: &str = "111122223333";
/// Most attempts of a call that can be repeated.
const MAX_ATTEMPTS: usize = 3;
/// The key of the account's root, who may do everything.
pub(crate) const KEY: &str = "muster-local";
/// Longest wait for one call; the longest function runs 15 minutes.
const CALL: Duration = Duration::from_mins(16);

/// The local cloud.
#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    port: u16,
    region: String,
    credentials: Credentials,
    http: Client,
    pub config: SdkConfig,
}

/// An answer to an HTTP request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub text: String,
    /// The body, byte by byte.
    pub bytes: Vec<u8>,
    /// Whether a function that was invoked failed.
    pub function_failed: bool,
    /// Whose pages may read it, as a browser would see.
    pub allowed_origin: Option<String>,
}

impl Reply {
    /// The body as JSON; as a JSON string if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| Value::String(self.text.clone()))
    }
}

pub(crate) fn http_client() -> Result<Client> {
    let builder = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    Ok(builder.timeout(CALL).build()?)
}

/// Makes a call again that got no answer: a connection that was kept can end just as it is used again.
async fn repeated(attempt: impl AsyncFn() -> Result<Reply>) -> Result<Reply> {
    for _ in 1..MAX_ATTEMPTS {
        if let Ok(reply) = attempt().await {
            return Ok(reply);
        }
    }
    attempt().await
}

impl Cloud {
    pub(crate) fn new(access: &Access) -> Result<Self> {
        let credentials = Credentials::new(KEY, &access.secret, None, None, "rehearsal");
        // Built by hand: the user's own AWS settings must not redirect anything.
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static(REGION))
            .endpoint_url(format!("http://127.0.0.1:{}", access.port))
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build())
            .build();
        let region = REGION.to_owned();
        Ok(Self { port: access.port, region, credentials, http: http_client()?, config })
    }

    /// A call without a signature.
    pub(crate) async fn plain(&self, method: Method, url: &str) -> Result<Reply> {
        self.send(method, &Url::parse(url)?, HeaderMap::new(), Vec::new()).await
    }

    /// A call with these headers and no signature.
    pub(crate) async fn with_headers(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        self.send(method, &Url::parse(url)?, all, body).await
    }

    /// What MiniStack's own endpoint at `path` shows.
    pub(crate) async fn look(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        let url = format!("http://127.0.0.1:{}/_ministack/{path}", self.port);
        let url = Url::parse_with_params(&url, query)?;
        let get = async || self.send(Method::GET, &url, HeaderMap::new(), Vec::new()).await;
        let reply = repeated(get).await?;
        ensure!(reply.status == 200, "MiniStack answers {} for {path}", reply.status);
        Ok(serde_json::from_str(&reply.text)?)
    }

    /// Ends the wait that the execution with this name is in; says whether it was in one.
    pub(crate) async fn end_wait(&self, execution: &str) -> Result<bool> {
        let url = Url::parse(&format!("{}_ministack/waits/{execution}", self.root()))?;
        let reply = self.send(Method::POST, &url, HeaderMap::new(), Vec::new());
        match reply.await?.status {
            204 => Ok(true),
            404 => Ok(false),
            status => bail!("ending the wait of {execution} answers {status}"),
        }
    }

    /// A call of an AWS service that speaks JSON, by the name its requests have in `X-Amz-Target`. Without an answer it is
    /// made again, so that it must be one that can be repeated.
    pub(crate) async fn call(&self, service: &str, target: &str, body: &Value) -> Result<Value> {
        let url = self.root();
        // Step Functions speaks the older version of the protocol.
        let version = if service == "states" { "1.0" } else { "1.1" };
        let kind = format!("application/x-amz-json-{version}");
        let headers = [("x-amz-target", target), ("content-type", kind.as_str())];
        let body = body.to_string().into_bytes();
        let post = async || self.signed(service, Method::POST, &url, &headers, body.clone()).await;
        let reply = repeated(post).await?;
        if reply.status != 200 {
            bail!("{target} answers {}: {}", reply.status, reply.text);
        }
        Ok(serde_json::from_str(&reply.text)?)
    }

    /// The port of the local cloud.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// The secret of whoever this cloud is called as.
    pub(crate) fn secret(&self) -> &str {
        self.credentials.secret_access_key()
    }

    /// Where every service is.
    pub(crate) fn root(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The same cloud, for somebody with these keys.
    pub(crate) fn with_keys(&self, credentials: Credentials) -> Self {
        let provider = SharedCredentialsProvider::new(credentials.clone());
        let config = self.config.to_builder().credentials_provider(provider).build();
        Self { credentials, config, ..self.clone() }
    }

    /// The same cloud in another Region.
    pub(crate) fn in_region(&self, region: &str) -> Self {
        let config = self.config.to_builder().region(Region::new(region.to_owned())).build();
        Self { region: region.to_owned(), config, ..self.clone() }
    }

    /// A call of an AWS service that takes a form, at the version of its API that the form names.
    pub(crate) async fn query(&self, service: &str, form: &[(&str, &str)]) -> Result<Reply> {
        let encoded = Url::parse_with_params("http://localhost/", form)?;
        let body = encoded.query().unwrap_or_default().as_bytes().to_vec();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.signed(service, Method::POST, &self.root(), &headers, body).await
    }

    /// A call signed for `service`.
    pub(crate) async fn signed(
        &self,
        service: &str,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply> {
        let signed = body.clone();
        let signed = SignableBody::Bytes(&signed);
        self.signed_as(service, method, url, headers, (body, signed)).await
    }

    /// A call whose signature covers the body in another form than as it is.
    pub(crate) async fn signed_as(
        &self,
        service: &str,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        (body, signed): (Vec<u8>, SignableBody<'_>),
    ) -> Result<Reply> {
        let url = Url::parse(url).with_context(|| format!("{url} is no URL"))?;
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let request =
            SignableRequest::new(method.as_str(), url.as_str(), headers.iter().copied(), signed)?;
        let (instructions, _) = sign(request, &parameters)?.into_parts();
        let mut all = HeaderMap::new();
        for (name, value) in headers.iter().copied().chain(instructions.headers()) {
            all.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        self.send(method, &url, all, body).await
    }

    /// Sends to MiniStack whatever the URL's host is, and tells it the host: not every machine
    /// resolves names below `localhost`.
    async fn send(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Reply> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        ensure!(port == self.port, "{url} does not lead to this local system");
        headers.insert(HOST, HeaderValue::from_str(&format!("{host}:{port}"))?);
        let mut here = url.clone();
        here.set_host(Some("127.0.0.1"))?;
        let request = self.http.request(method, here).headers(headers).body(body);
        let response = request.send().await.context("the local system does not answer")?;
        let status = response.status().as_u16();
        let origin = response.headers().get("access-control-allow-origin");
        let allowed_origin = origin.and_then(|text| text.to_str().ok()).map(str::to_owned);
        let function_failed = response.headers().contains_key("x-amz-function-error");
        let bytes = response.bytes().await?.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Reply { status, text, bytes, function_failed, allowed_origin })
    }
}
