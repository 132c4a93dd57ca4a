//! Recent findings as GuardDuty and Security Hub list them, for what EventBridge never delivered.
//!
//! Their SDK crates would be by far the largest of all, for five calls whose answers are the very JSON
//! that our readers of events take. So the calls are signed and sent by the SDK's own parts.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use muster_domain::finding::{AsffFinding, Finding, GuardDutyFinding, OcsfFinding};
use serde_json::{Value, json};

use crate::client;
use crate::error::AwsError;
use crate::event::{Unreadable, parse};

/// Most findings of one GuardDuty answer, and of one Security Hub answer (their APIs).
const GUARDDUTY_PAGE: u16 = 50;
const SECURITY_HUB_PAGE: u16 = 100;
/// Most pages of one service in one look. What is beyond is older; the next look is soon.
const MOST_PAGES: usize = 10;
/// Largest answer that is read: a page of attack sequences may have megabytes.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// When something was updated: from the first moment to the second.
pub type Window = (Timestamp, Timestamp);
/// Findings, each read by itself; nothing, if the account does not use the service.
pub type Found = Option<Vec<Result<Finding, Unreadable>>>;

/// The two services.
#[derive(Debug)]
pub struct Recent {
    config: SdkConfig,
    connector: Connector,
}

impl Recent {
    /// The services of this Region.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(client::CONNECT)
            .read_timeout(client::OPERATION)
            .build();
        let connector = Connector::builder().connector_settings(settings);
        let connector = connector.tls_provider(client::TLS).build();
        Self { config: config.clone(), connector }
    }

    /// What GuardDuty has updated in this window and nobody has archived.
    ///
    /// # Errors
    /// The failed call.
    pub async fn guardduty(&self, (from, to): Window) -> Result<Found, AwsError> {
        const LIST: &str = "guardduty:ListFindings";
        let detectors =
            self.call("guardduty:ListDetectors", "GET", "/detector", &Value::Null).await?;
        let detectors = texts(&detectors["detectorIds"]);
        if detectors.is_empty() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for detector in detectors {
            let path = format!("/detector/{detector}/findings");
            let mut asked = json!({
                "findingCriteria": { "criterion": {
                    "updatedAt": {
                        "greaterThanOrEqual": from.as_millisecond(),
                        "lessThanOrEqual": to.as_millisecond()
                    },
                    "service.archived": { "equals": ["false"] }
                } },
                "sortCriteria": { "attributeName": "updatedAt", "orderBy": "DESC" },
                "maxResults": GUARDDUTY_PAGE
            });
            for _ in 0..MOST_PAGES {
                let page = self.call(LIST, "POST", &path, &asked).await?;
                let ids = texts(&page["findingIds"]);
                if !ids.is_empty() {
                    let get = json!({ "findingIds": ids });
                    let path = format!("{path}/get");
                    let mut answer =
                        self.call("guardduty:GetFindings", "POST", &path, &get).await?;
                    found.extend(read::<GuardDutyFinding>(&mut answer["findings"], Finding::from));
                }
                if !next(&mut asked, "nextToken", &page["nextToken"]) {
                    break;
                }
            }
        }
        Ok(Some(found))
    }

    /// What Security Hub has updated in this window and nobody has taken up, as ASFF.
    ///
    /// # Errors
    /// The failed call.
    pub async fn security_hub(&self, (from, to): Window) -> Result<Found, AwsError> {
        let is = |value| json!([{ "Value": value, "Comparison": "EQUALS" }]);
        let asked = json!({
            "Filters": {
                "UpdatedAt": [{ "Start": from.to_string(), "End": to.to_string() }],
                "RecordState": is("ACTIVE"),
                "WorkflowStatus": is("NEW")
            },
            "SortCriteria": [{ "Field": "UpdatedAt", "SortOrder": "desc" }],
            "MaxResults": SECURITY_HUB_PAGE
        });
        let read = read::<AsffFinding>;
        self.pages("securityhub:GetFindings", "/findings", asked, read).await
    }

    /// The same of the unified Security Hub, as OCSF.
    ///
    /// # Errors
    /// The failed call.
    pub async fn security_hub_v2(&self, (from, to): Window) -> Result<Found, AwsError> {
        let asked = json!({
            "Filters": { "CompositeFilters": [{ "DateFilters": [{
                "FieldName": "finding_info.modified_time_dt",
                "Filter": { "Start": from.to_string(), "End": to.to_string() }
            }] }] },
            "MaxResults": SECURITY_HUB_PAGE
        });
        let read = read::<OcsfFinding>;
        self.pages("securityhub:GetFindingsV2", "/findingsv2", asked, read).await
    }

    /// Page after page of Security Hub.
    async fn pages<T>(
        &self,
        operation: &'static str,
        path: &str,
        mut asked: Value,
        read: impl Fn(&mut Value, fn(T) -> Finding) -> Vec<Result<Finding, Unreadable>>,
    ) -> Result<Found, AwsError>
    where
        Finding: From<T>,
    {
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut page = match self.call(operation, "POST", path, &asked).await {
                // An account that has not enabled it is told so.
                Err(error) if NOT_ENABLED.contains(&error.code.as_str()) => return Ok(None),
                answer => answer?,
            };
            found.extend(read(&mut page["Findings"], Finding::from));
            if !next(&mut asked, "NextToken", &page["NextToken"]) {
                break;
            }
        }
        Ok(Some(found))
    }

    /// One signed call of a service that speaks REST and JSON.
    async fn call(
        &self,
        operation: &'static str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, AwsError> {
        let failed = |code: &str, passing| AwsError {
            operation,
            code: code.to_owned(),
            passing,
            throttled: false,
        };
        let service = operation.split(':').next().unwrap_or(operation);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let request = self.signed(service, method, path, body).await;
        let request = request.ok_or_else(|| failed("BadRequest", false))?;
        let answer = self.connector.call(request).await;
        let mut answer = answer.map_err(|_| failed("NoConnection", true))?;
        let status = answer.status().as_u16();
        let kind = answer.headers().get("x-amzn-errortype").map(str::to_owned);
        let body = std::mem::replace(answer.body_mut(), SdkBody::empty());
        let bytes = collect(body).await.ok_or_else(|| failed("BadAnswer", true))?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status < 300 {
            return Ok(answer);
        }
        // `InvalidAccessException:http://…` in the header, or `__type` in the body.
        let named = kind.or_else(|| answer["__type"].as_str().map(str::to_owned));
        let code = named.as_deref().unwrap_or("Unknown").split(':').next().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or(code);
        Err(failed(code, status >= 500 || status == 429))
    }

    async fn signed(
        &self,
        service: &str,
        method: &str,
        path: &str,
        body: Vec<u8>,
    ) -> Option<HttpRequest> {
        let region = self.config.region()?.as_ref();
        let url = format!("{}{path}", self.endpoint(service, region));
        let credentials = self.config.credentials_provider()?.provide_credentials().await.ok()?;
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .ok()?
            .into();
        let headers = [("content-type", "application/json")];
        let signable = SignableBody::Bytes(&body);
        let signable = SignableRequest::new(method, url.as_str(), headers.into_iter(), signable);
        let (instructions, _) = sign(signable.ok()?, &parameters).ok()?.into_parts();
        let mut request = http::Request::builder()
            .method(method)
            .uri(&url)
            .header("content-type", "application/json")
            .body(SdkBody::from(body))
            .ok()?;
        instructions.apply_to_request_http1x(&mut request);
        request.try_into().ok()
    }

    /// Where a service is: where the environment says, as the SDK's own clients have it, or in AWS.
    fn endpoint(&self, service: &str, region: &str) -> String {
        let own = std::env::var(format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase()));
        if let Some(url) = own.ok().or_else(|| self.config.endpoint_url().map(str::to_owned)) {
            return url.trim_end_matches('/').to_owned();
        }
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        format!("https://{service}.{region}.amazonaws.com{suffix}")
    }
}

/// What Security Hub answers an account that does not use it, here; the unified one says `Conflict`.
const NOT_ENABLED: [&str; 4] = [
    "ConflictException",
    "InvalidAccessException",
    "ResourceNotFoundException",
    "SubscriptionRequiredException",
];

async fn collect(mut body: SdkBody) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(part) = std::future::poll_fn(|context| {
        use http_body::Body as _;
        std::pin::Pin::new(&mut body).poll_frame(context)
    })
    .await
    {
        bytes.extend_from_slice(part.ok()?.data_ref()?);
        if bytes.len() > MOST_BYTES {
            return None;
        }
    }
    Some(bytes)
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Asks for the next page, if there is one.
fn next(asked: &mut Value, name: &str, token: &Value) -> bool {
    let there = token.as_str().is_some_and(|token| !token.is_empty());
    if there {
        asked[name] = token.clone();
    }
    there
}

fn read<T: serde::de::DeserializeOwned>(
    list: &mut Value,
    finding: fn(T) -> Finding,
) -> Vec<Result<Finding, Unreadable>> {
    let Value::Array(list) = list.take() else { return Vec::new() };
    let one = |(index, value)| {
        let parsed = parse::<T>(value, &format!("findings[{index}]"));
        parsed.map(|parsed| finding(parsed).shortened())
    };
    list.into_iter().enumerate().map(one).collect()
}
