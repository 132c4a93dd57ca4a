//! The wire before a tiny service that keeps what it is asked: what the caller sees, and what is applied.

mod faults;
mod passing;

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Call, Wire};

const LIMIT: Duration = Duration::from_secs(10);

/// The service: it answers each request with the request's own body.
struct Service {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let keep = Arc::clone(&keep);
                tokio::spawn(async move {
                    let (head, body) = read(&mut client).await.unwrap();
                    keep.lock().unwrap().push(format!("{head}{body}"));
                    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ";
                    let answer = format!("{head}{}\r\n\r\n{body}", body.len());
                    client.write_all(answer.as_bytes()).await.unwrap();
                });
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn bench() -> (Service, Wire) {
    let service = Service::start().await;
    let wire = Wire::guarded(|program| program.ends_with("bash")).await.unwrap();
    wire.before(service.port);
    (service, wire)
}

/// Reads one message: its head and its body; nothing if the connection ends.
async fn read(from: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = crate::wire::request::header(head, "content-length");
            if body.len() == length.map_or(0, |length| length.parse().unwrap()) {
                return Some((format!("{head}\r\n\r\n"), body.to_owned()));
            }
        }
        if !from.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
            return None;
        }
    }
}

fn request(service: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: {service}.local\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=AK/20261123/us-east-1/{service}/aws4_request, Signature=s\r\n{more}\
         content-length: {length}\r\n\r\n{body}"
    )
}

fn get(body: &str) -> String {
    request("dynamodb", "x-amz-target: DynamoDB_20120810.GetItem\r\n", body)
}

fn form(body: &str) -> String {
    request("sns", "content-type: application/x-www-form-urlencoded\r\n", body)
}

async fn connect(wire: &Wire) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port)).await.unwrap()
}

/// Asks on a connection: the status line and the body; nothing if it ends without an answer.
async fn ask(client: &mut TcpStream, request: &str) -> Option<(String, String)> {
    client.write_all(request.as_bytes()).await.unwrap();
    let answer = tokio::time::timeout(LIMIT, read(client)).await.expect("an answer or an end");
    let (head, body) = answer?;
    Some((head.split(' ').nth(1).unwrap().to_owned(), body))
}

/// Waits until this many calls have ended.
async fn ended(wire: &Wire, count: usize) -> Vec<Call> {
    let began = Instant::now();
    loop {
        let calls = wire.calls();
        if calls.iter().filter(|call| call.end.is_some()).count() >= count {
            return calls;
        }
        assert!(began.elapsed() < LIMIT, "{calls:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
