//! Requests as a service receives them, and what becomes of its answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;
use serde_json::json;

use super::*;
use crate::client::sending;

const STATES: Service = Service {
    id: "SFN",
    host: "states",
    signing_name: "states",
    protocol: Protocol::Json10("AWSStepFunctions"),
};
const SES: Service =
    Service { id: "SESv2", host: "email", signing_name: "ses", protocol: Protocol::Rest };

/// An answer: a status, the header with the error's type, and a body.
type Answer = (u16, &'static str, String);

/// The status of no answer: a failed connection.
const REFUSED: u16 = 0;

/// A network that records requests and gives these answers in turn, the last one again and again; without any, it stays
/// silent.
#[derive(Clone, Debug)]
struct Network {
    answers: Vec<Answer>,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut requests = self.requests.lock().unwrap();
        let answer = self.answers.get(requests.len()).or(self.answers.last()).cloned();
        requests.push(request);
        let Some(answer) = answer else { return HttpConnectorFuture::new(std::future::pending()) };
        HttpConnectorFuture::ready(match answer {
            (REFUSED, ..) => Err(ConnectorError::io("refused".into())),
            (status, kind, body) => {
                let status = status.try_into().unwrap();
                let mut answer = HttpResponse::new(status, SdkBody::from(body));
                if !kind.is_empty() {
                    answer.headers_mut().insert("x-amzn-errortype", kind);
                }
                Ok(answer)
            }
        })
    }
}

/// Returns a configuration whose network gives these answers, and what it recorded.
fn network(answers: Vec<Answer>) -> (SdkConfig, Arc<Mutex<Vec<HttpRequest>>>) {
    let network = Network { answers, requests: Arc::default() };
    let requests = Arc::clone(&network.requests);
    let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(network.clone())))
        .region(Region::from_static("us-east-1"))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(5)).build())
        .build();
    (config, requests)
}

fn answer(status: u16, kind: &'static str, body: &str) -> Answer {
    (status, kind, body.to_owned())
}

#[tokio::test]
async fn a_json_request_names_its_operation_and_is_signed() {
    let (config, requests) = network(vec![answer(200, "", r#"{"executionArn":"a"}"#)]);
    let call = Call::new("states:StartExecution", json!({ "name": "i-1" }));
    let answer = Client::new(&config, STATES).call(call).await.unwrap();
    assert_eq!(answer, json!({ "executionArn": "a" }));
    let requests = requests.lock().unwrap();
    let request = &requests[0];
    let header = |name| request.headers().get(name).unwrap_or_default();
    assert_eq!(
        (request.method(), request.uri()),
        ("POST", "https://states.us-east-1.amazonaws.com/")
    );
    assert_eq!(header("content-type"), "application/x-amz-json-1.0");
    assert_eq!(header("x-amz-target"), "AWSStepFunctions.StartExecution");
    assert_eq!(header("x-amz-security-token"), "token");
    assert_eq!(request.body().bytes(), Some(br#"{"name":"i-1"}"#.as_slice()));
    let signed = header("authorization");
    assert!(signed.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"), "{signed}");
    assert!(signed.contains("/us-east-1/states/aws4_request"), "{signed}");
    assert!(header("user-agent").starts_with("aws-sdk-rust/"));
    assert_eq!(header("amz-sdk-request"), "attempt=1; max=3");
}

#[tokio::test]
async fn a_rest_request_has_its_path_and_query() {
    let (config, requests) = network(vec![answer(200, "", "{}")]);
    let client = Client::new(&config, SES);
    let path = format!("/v2/email/identities/{}", encoded("o'ps+a/b@example.com"));
    client.call(Call::get("ses:GetEmailIdentity", path)).await.unwrap();
    let path = format!("/list?NextToken={}", encoded("a+b/c="));
    client.call(Call::post("ses:SendEmail", path, json!({}))).await.unwrap();
    let requests = requests.lock().unwrap();
    let seen = |index: usize| {
        let request: &HttpRequest = &requests[index];
        (request.method(), request.uri(), request.headers().get("content-type"))
    };
    let host = "https://email.us-east-1.amazonaws.com";
    let path = format!("{host}/v2/email/identities/o%27ps%2Ba%2Fb%40example.com");
    assert_eq!(seen(0), ("GET", path.as_str(), None));
    let path = format!("{host}/list?NextToken=a%2Bb%2Fc%3D");
    assert_eq!(seen(1), ("POST", path.as_str(), Some("application/json")));
    assert!(requests[1].headers().get("authorization").unwrap().contains("/ses/aws4_request"));
}

#[tokio::test]
async fn an_error_keeps_its_code_and_drops_its_message() {
    let check = async |given: Answer, code: &str, passing, throttled| {
        let (config, _) = network(vec![given.clone()]);
        let failed = Client::new(&sending(&config), SES).call(Call::get("ses:X", "/")).await;
        let expected = AwsError { operation: "ses:X", code: code.to_owned(), passing, throttled };
        assert_eq!(failed, Err(expected), "{given:?}");
    };
    let said = r#"{"message":"to ada@example.com","__type":"com.amazonaws.sfn#InvalidArn"}"#;
    check(answer(400, "", said), "InvalidArn", false, false).await;
    check(answer(400, "MessageRejected:http://a/", said), "MessageRejected", false, false).await;
    check(answer(400, "", r#"{"code":"BadOne"}"#), "BadOne", false, false).await;
    check(answer(429, "TooManyRequestsException", "{}"), "TooManyRequestsException", true, true)
        .await;
    check(answer(400, "ThrottlingException", "{}"), "ThrottlingException", true, true).await;
    check(answer(403, "AccessDeniedException", "{}"), "AccessDeniedException", true, false).await;
    check(answer(502, "", "<html>"), "Unknown", true, false).await;
    check(answer(200, "", "<html>"), "Unknown", false, false).await;
    check(answer(REFUSED, "", ""), "NoConnection", true, false).await;
    let long = "x".repeat(33 * 1024 * 1024);
    check(answer(200, "", &long), "BadAnswer", true, false).await;
}

#[tokio::test]
async fn what_passes_is_tried_three_times_unless_it_sends() {
    let check = async |given: Vec<Answer>, once, attempts, expected: Option<&str>| {
        let (config, requests) = network(given.clone());
        let config = if once { sending(&config) } else { config };
        let ended = Client::new(&config, STATES).call(Call::new("states:X", json!({}))).await;
        let count = requests.lock().unwrap().len();
        assert_eq!((ended.err().as_ref().map(|e| e.code.as_str()), count), (expected, attempts));
    };
    let (fine, fails) = (answer(200, "", "{}"), answer(500, "", "{}"));
    let refused = answer(REFUSED, "", "");
    check(vec![fails.clone(), refused.clone(), fine.clone()], false, 3, None).await;
    check(vec![fails.clone()], false, 3, Some("Unknown")).await;
    check(vec![answer(400, "ThrottlingException", "{}"), fine.clone()], false, 2, None).await;
    check(vec![answer(400, "InvalidArn", "{}"), fine.clone()], false, 1, Some("InvalidArn")).await;
    check(vec![fails, fine.clone()], true, 1, Some("Unknown")).await;
    check(vec![refused, fine], true, 1, Some("NoConnection")).await;
}

#[tokio::test]
async fn a_silent_service_is_a_timeout() {
    let (config, _) = network(vec![]);
    let limit = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(5));
    let config = sending(&config).to_builder().timeout_config(limit.build()).build();
    let failed = Client::new(&config, STATES).call(Call::new("states:X", json!({}))).await;
    assert_eq!(failed.map_err(|error| (error.code, error.passing)), Err(("Timeout".into(), true)));
}

#[test]
fn a_service_is_where_the_environment_says_or_in_its_partition() {
    let config = |region: &str| {
        SdkConfig::builder().region(Region::new(region.to_owned())).build().into_builder()
    };
    let check = |region: &str, expected: &str| {
        assert_eq!(endpoint::of(&config(region).build(), &SES), expected);
    };
    check("eu-central-1", "https://email.eu-central-1.amazonaws.com");
    check("us-gov-west-1", "https://email.us-gov-west-1.amazonaws.com");
    check("cn-north-1", "https://email.cn-north-1.amazonaws.com.cn");
    check("eusc-de-east-1", "https://email.eusc-de-east-1.amazonaws.eu");
    check("us-iso-east-1", "https://email.us-iso-east-1.c2s.ic.gov");
    check("us-isob-east-1", "https://email.us-isob-east-1.sc2s.sgov.gov");
    let local = config("eu-west-1").endpoint_url("http://127.0.0.1:4566").build();
    assert_eq!(endpoint::of(&local, &SES), "http://127.0.0.1:4566");
    let own = local.into_builder().service_config(Own).build();
    assert_eq!(endpoint::of(&own, &SES), "http://SESv2.AWS_ENDPOINT_URL");
    assert_eq!(endpoint::of(&own, &STATES), "http://127.0.0.1:4566");
}

/// Settings of one service only.
#[derive(Debug)]
struct Own;

impl aws_types::service_config::LoadServiceConfig for Own {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let found = key.service_id() == SES.id;
        found.then(|| format!("http://{}.{}", key.service_id(), key.env()))
    }
}

#[test]
fn a_request_is_not_logged() {
    let call = Call::post("ses:SendEmail", "/ada@example.com", json!({ "To": "ada@example.com" }));
    assert_eq!(format!("{call:?}"), "Call(\"ses:SendEmail\")");
}
