//! What the stand-ins do, asked over HTTP as a client asks.

mod faults;
mod findings;
mod mistakes;

use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Act, Standin, Voice};

/// Botocore's data folder, installed first if need be.
async fn data() -> PathBuf {
    let program = crate::python::ministack(&crate::Progress::begin()).await.unwrap();
    crate::python::models(&program).unwrap()
}

async fn start(services: Vec<(&str, Act)>) -> Standin {
    Standin::start(&data().await, services).await.unwrap()
}

/// An act that answers every call with this.
fn always(answer: Value) -> Act {
    Box::new(move |_| Ok(answer.clone()))
}

async fn voice() -> (Standin, Voice) {
    let voice = Voice::default();
    (start(vec![(Voice::SERVICE, voice.act())]).await, voice)
}

struct Answer {
    status: u16,
    /// The header of restJson's errors.
    error: String,
    body: Value,
}

impl Answer {
    /// An error's status, code and message, in either protocol.
    fn fault(&self) -> (u16, &str, &str) {
        let body = |name: &str| self.body[name].as_str();
        let message = body("message").or(body("Message")).unwrap_or_default();
        let named = Some(self.error.as_str()).filter(|code| !code.is_empty());
        (self.status, named.or(body("__type")).unwrap_or_default(), message)
    }

    /// That it is this error, and its message has this part.
    fn assert_fault(&self, status: u16, code: &str, part: &str) {
        let (is, named, message) = self.fault();
        assert!(
            (is, named) == (status, code) && message.contains(part),
            "{is} {named}: {message}\nand not {status} {code}: {part}"
        );
    }
}

fn signed(service: &str) -> String {
    format!(
        "authorization: AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-central-1/{service}/\
         aws4_request, SignedHeaders=host;x-amz-date, Signature=ab12\r\n"
    )
}

/// `service` as it is named in signatures.
async fn rest(at: &Standin, service: &str, line: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ask(at.port, line, &signed(service), &body).await
}

async fn target(at: &Standin, service: &str, target: &str, version: &str, body: &Value) -> Answer {
    let headers = format!(
        "{}x-amz-target: {target}\r\ncontent-type: application/x-amz-json-{version}\r\n",
        signed(service)
    );
    ask(at.port, "POST /", &headers, &body.to_string()).await
}

async fn contacts(at: &Standin, operation: &str, body: &Value) -> Answer {
    target(at, "ssm-contacts", &format!("SSMContacts.{operation}"), "1.1", body).await
}

async fn say(at: &Standin, change: &Value) -> Answer {
    let mut body = json!({
        "DestinationPhoneNumber": "+4915100000001",
        "OriginationIdentity": "+4930000000",
        "MessageBody": "Somebody is mining on i-0a1b."
    });
    for (name, value) in change.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    target(at, "sms-voice", "PinpointSMSVoiceV2.SendVoiceMessage", "1.0", &body).await
}

async fn ask(port: u16, line: &str, headers: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        error: header("x-amzn-errortype: ").unwrap_or_default().to_owned(),
        body: if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() },
    }
}
