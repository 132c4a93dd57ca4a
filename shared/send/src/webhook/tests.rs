//! Webhooks against real servers of this machine.

mod resolution;
mod server;

use std::time::Instant;

use serde_json::json;

use self::server::{Server, then_endless, then_nothing};
use super::*;

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// Host, path, and query each have a word that no error may have.
const URL: &str = "https://hidden-host.example.com/hidden-path?key=hidden-query";
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn webhooks(connection: Connection) -> Webhooks {
    Webhooks::with_connection(SECRET, connection).unwrap()
}

fn to(server: &Server) -> Webhooks {
    webhooks(Connection::to_endpoint(&server.endpoint()).unwrap())
}

async fn send(webhooks: &Webhooks, url: &str) -> Result<String, AwsError> {
    let now = "2026-11-23T03:00:00.9Z".parse().unwrap();
    let result = webhooks.send(url, "inc-1_ada_2", &json!({ "text": "Sécurité" }), now).await;
    if let Err(error) = &result {
        let text = format!("{error} {error:?}");
        for hidden in ["hidden", "example.com", "Sécurité", "answer's text", "inc-1", "127.0"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
    result
}

async fn code(webhooks: &Webhooks, url: &str) -> (String, bool) {
    let error = send(webhooks, url).await.unwrap_err();
    (error.code, error.passing)
}

fn status(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} Any\r\n{headers}content-length: 13\r\n\r\nanswer's text")
}

#[tokio::test]
async fn sends_a_signed_request_to_the_host_of_the_url() {
    let server = Server::start(&[OK]).await;
    assert_eq!(send(&to(&server), URL).await.as_deref(), Ok("inc-1_ada_2"));
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.split("\r\n").collect();
    lines[1..].sort_unstable();
    let signature =
        Secret::parse(SECRET).unwrap().sign("inc-1_ada_2", 1_795_402_800, body.as_bytes());
    let expected = [
        "POST /hidden-path?key=hidden-query HTTP/1.1",
        "content-length: 21",
        "content-type: application/json",
        "host: hidden-host.example.com",
        "user-agent: Muster",
        "webhook-id: inc-1_ada_2",
        &format!("webhook-signature: {signature}"),
        "webhook-timestamp: 1795402800",
    ];
    assert_eq!(lines, expected);
    assert_eq!(body, "{\"text\":\"Sécurité\"}");
}

#[tokio::test]
async fn maps_answers_to_outcomes_with_one_attempt_each() {
    let cases = [
        (408, "Http408", true),
        (425, "Http425", true),
        (429, "Http429", true),
        (500, "Http500", true),
        (503, "Http503", true),
        (400, "Http400", false),
        (404, "Http404", false),
        (410, "Http410", false),
        (304, "Redirected", false),
    ];
    for (number, expected, passing) in cases {
        let server = Server::start(&[status(number, "").as_str(), OK]).await;
        assert_eq!(code(&to(&server), URL).await, (expected.to_owned(), passing));
        assert_eq!(server.requests().len(), 1);
    }
    for answer in ["HTTP/1.1 204 None\r\n\r\n", "HTTP/1.1 202 Later\r\ncontent-length: 0\r\n\r\n"] {
        assert!(send(&to(&Server::start(&[answer]).await), URL).await.is_ok());
    }
}

#[tokio::test]
async fn follows_no_redirect() {
    let target = Server::start(&[OK]).await;
    for number in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/\r\n", target.endpoint());
        let server = Server::start(&[status(number, &location).as_str(), OK]).await;
        assert_eq!(code(&to(&server), URL).await, ("Redirected".to_owned(), false));
        assert_eq!(server.requests().len(), 1);
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn sends_the_same_id_again_on_a_retry() {
    let server = Server::start(&[status(503, "").as_str(), OK]).await;
    let webhooks = to(&server);
    let body = json!({ "b": 1, "a": [2] });
    let (first, second) = ("2026-11-23T03:00:00Z", "2026-11-23T03:00:15Z");
    assert!(webhooks.send(URL, "d-1", &body, first.parse().unwrap()).await.is_err());
    assert!(webhooks.send(URL, "d-1", &body, second.parse().unwrap()).await.is_ok());
    let header = |name: &str| -> Vec<String> {
        let requests = server.requests();
        let lines = requests.iter().flat_map(|request| request.lines());
        lines.filter_map(|line| line.strip_prefix(name)).map(str::to_owned).collect()
    };
    assert_eq!(header("webhook-id: "), ["d-1", "d-1"]);
    assert_eq!(header("webhook-timestamp: "), ["1795402800", "1795402815"]);
    let signatures = header("webhook-signature: v1,");
    assert!(signatures.len() == 2 && signatures[0] != signatures[1]);
}

#[tokio::test]
async fn gives_up_on_a_receiver_that_does_not_answer() {
    let server = Server::start(&[then_nothing("")]).await;
    let webhooks = Webhooks { timeout: Duration::from_millis(200), ..to(&server) };
    let began = Instant::now();
    assert_eq!(code(&webhooks, URL).await, ("Timeout".to_owned(), true));
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn counts_the_status_if_the_body_does_not_end() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let server = Server::start(&[then_nothing(head)]).await;
    let webhooks = Webhooks { timeout: Duration::from_millis(500), ..to(&server) };
    assert!(send(&webhooks, URL).await.is_ok());
}

#[tokio::test]
async fn stops_reading_an_endless_answer() {
    let server = Server::start(&[then_endless("HTTP/1.1 200 OK\r\n\r\n")]).await;
    let began = Instant::now();
    assert!(send(&to(&server), URL).await.is_ok());
    assert!(began.elapsed() < ATTEMPT_TIMEOUT);
    // The server could not write on: the connection was closed.
    assert!(tokio::time::timeout(ATTEMPT_TIMEOUT, server.finished()).await.is_ok());
}

#[tokio::test]
async fn reports_broken_connections_and_answers() {
    let server = Server::start(&[""]).await;
    assert_eq!(code(&to(&server), URL).await, ("BadAnswer".to_owned(), true));
    let server = Server::start(&["SSH-2.0-answer's text\r\n"]).await;
    assert_eq!(code(&to(&server), URL).await, ("BadAnswer".to_owned(), true));
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "answer's text".repeat(100_000));
    let server = Server::start(&[endless.as_str()]).await;
    assert_eq!(code(&to(&server), URL).await, ("BadAnswer".to_owned(), true));
    let webhooks = to(&server);
    drop(server);
    assert_eq!(code(&webhooks, URL).await, ("NoConnection".to_owned(), true));
}

#[tokio::test]
async fn checks_url_and_id_before_it_connects() {
    let server = Server::start(&[OK]).await;
    let webhooks = to(&server);
    let refused = |code: &str| (code.to_owned(), false);
    assert_eq!(code(&webhooks, "https://10.0.0.1/hidden").await, refused("NotPublic"));
    assert_eq!(code(&webhooks, "https://localhost/hidden").await, refused("NotPublic"));
    assert_eq!(code(&webhooks, "http://hidden.example.com/").await, refused("BadUrl"));
    assert_eq!(
        code(&webhooks, "https://a.example.com:8443/hidden").await,
        refused("PortNotAllowed")
    );
    let error = webhooks.send(URL, "a.b", &json!({}), Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.passing), ("BadId", false));
    assert!(server.requests().is_empty());
    assert!(send(&webhooks.allow_port(8443), "https://a.example.com:8443/").await.is_ok());
    assert!(server.requests()[0].contains("host: a.example.com:8443\r\n"));
}

#[test]
fn goes_to_public_addresses_unless_the_environment_has_an_endpoint() {
    let is_local = |endpoint: Option<&str>| {
        let webhooks = Webhooks::with_endpoint(SECRET, endpoint.map(OsStr::new));
        webhooks.map(|webhooks| webhooks.connection.is_local())
    };
    assert_eq!(is_local(None), Ok(false));
    assert_eq!(is_local(Some("http://127.0.0.1:8080")), Ok(true));
    for endpoint in ["", "https://127.0.0.1:8080", "http://hooks.example.com"] {
        assert_eq!(is_local(Some(endpoint)), Err(WebhookSettingsError::Endpoint));
    }
}

#[test]
fn rejects_settings_without_repeating_them() {
    let error = Webhooks::new("whsec_hidden").unwrap_err();
    assert_eq!(error, WebhookSettingsError::Secret);
    assert!(!error.to_string().contains("hidden"));
    let text = format!("{:?}", Webhooks::new(SECRET).unwrap());
    assert!(!text.contains("AAECAwQF"), "{text}");
}
