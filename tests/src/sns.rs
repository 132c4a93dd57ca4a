//! What MiniStack's SNS lacks: a proxy before it refuses chosen phone numbers and knows the sandbox.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, OnceLock};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longest head of a request.
const MOST_HEAD: usize = 64 * 1024;
/// What SNS answers for a number it cannot send to.
const REFUSAL: &str = "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error>\
<Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber</Message>\
</Error><RequestId>refused</RequestId></ErrorResponse>";

/// What SNS answers about an account in its sandbox, as new ones are. MiniStack does not know the call.
const SANDBOX: &str = "<GetSMSSandboxAccountStatusResponse \
xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><GetSMSSandboxAccountStatusResult>\
<IsInSandbox>true</IsInSandbox></GetSMSSandboxAccountStatusResult><ResponseMetadata>\
<RequestId>sandbox</RequestId></ResponseMetadata></GetSMSSandboxAccountStatusResponse>";

/// The proxy; it ends when dropped.
#[derive(Debug)]
pub(crate) struct SnsProxy {
    pub port: u16,
    numbers: Arc<Mutex<BTreeSet<String>>>,
    upstream: Arc<OnceLock<u16>>,
    task: JoinHandle<()>,
}

impl SnsProxy {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let numbers = Arc::new(Mutex::new(BTreeSet::new()));
        let upstream = Arc::new(OnceLock::new());
        let (refused, to) = (Arc::clone(&numbers), Arc::clone(&upstream));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (refused, to) = (Arc::clone(&refused), Arc::clone(&to));
                // A broken connection is the caller's to notice.
                tokio::spawn(async move { pass(client, &refused, to.get().copied()).await });
            }
        });
        Ok(Self { port, numbers, upstream, task })
    }

    /// Where everything else goes.
    pub(crate) fn before(&self, port: u16) {
        let _ = self.upstream.set(port);
    }

    /// From now on, this number is refused.
    pub(crate) fn refuse(&self, number: &str) {
        if let Ok(mut numbers) = self.numbers.lock() {
            numbers.insert(format!("PhoneNumber={}", number.replace('+', "%2B")));
        }
    }
}

impl Drop for SnsProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(client: &mut TcpStream, status: &str, body: &str) -> Result<()> {
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    Ok(client.write_all(reply.as_bytes()).await?)
}

/// Passes one request on, byte for byte, its Host header too: the signature covers it.
async fn pass(
    mut client: TcpStream,
    refused: &Mutex<BTreeSet<String>>,
    upstream: Option<u16>,
) -> Result<()> {
    let mut request = Vec::new();
    let body = loop {
        if let Some(at) = request.windows(4).position(|end| end == b"\r\n\r\n") {
            break at + 4;
        }
        anyhow::ensure!(request.len() < MOST_HEAD, "the request's head is too long");
        anyhow::ensure!(client.read_buf(&mut request).await? > 0, "the request ends in its head");
    };
    let head = String::from_utf8_lossy(&request[..body]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.map_or(Ok(0), |length| length.trim().parse::<usize>())?;
    while request.len() < body + length {
        anyhow::ensure!(client.read_buf(&mut request).await? > 0, "the request ends in its body");
    }
    let form = String::from_utf8_lossy(&request[body..]);
    if form.split('&').any(|field| refused.lock().is_ok_and(|all| all.contains(field))) {
        return answer(&mut client, "400 Bad Request", REFUSAL).await;
    }
    if form.contains("Action=GetSMSSandboxAccountStatus") {
        return answer(&mut client, "200 OK", SANDBOX).await;
    }
    let port = upstream.context("there is nothing to pass requests on to yet")?;
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let line = request.windows(2).position(|end| end == b"\r\n").unwrap_or_default() + 2;
    server.write_all(&request[..line]).await?;
    // One request a connection: the end of the answer is then the end of the stream.
    server.write_all(b"connection: close\r\n").await?;
    server.write_all(&request[line..]).await?;
    copy(&mut server, &mut client).await?;
    Ok(())
}
