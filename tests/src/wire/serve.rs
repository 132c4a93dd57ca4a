//! One connection: its requests one after the other, each well or as a fault wants it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::answer;
use super::book::{Book, End};
use super::caller::{self, Guard};
use super::fault::Kind;
use super::pass::{Reply, pass};
use super::request::{Next, Request, next};

/// Longest wait for a caller to be gone.
const GONE: Duration = Duration::from_secs(1);

/// What is done with a call, and what the book says of it.
enum Act {
    Say(Reply),
    HangUp(End),
}

/// Serves a connection until either side ends it. A broken one is the caller's to notice.
pub(super) async fn serve(mut client: TcpStream, book: Arc<Book>, guard: Guard) {
    // Small answers would wait for the caller's acknowledgment of the one before.
    let _ = client.set_nodelay(true);
    let mut buffer = Vec::new();
    let mut by = None;
    loop {
        let request = match next(&mut client, &mut buffer).await {
            Next::Request(request) => request,
            Next::End => return,
            Next::Unreadable(reason) => return turn_away(client, &book, reason).await,
        };
        // Once a connection, and only when it is used: the search reads all of /proc.
        if by.is_none() {
            by = find(&client).await;
        }
        let body = String::from_utf8_lossy(request.body());
        let operation = request.operation(&body);
        let (number, fault) = if request.warms_up(&body) {
            (None, None)
        } else {
            let (number, fault) = book.enter(&operation, &body, by);
            (Some(number), fault)
        };
        let done = act(&request, &operation, fault, &book, by, guard).await;
        let act = done.unwrap_or_else(|error| Act::HangUp(End::Broken(format!("{error:#}"))));
        let (end, reply) = match act {
            Act::Say(reply) => (End::Answered(reply.status), Some(reply)),
            Act::HangUp(end) => (end, None),
        };
        let killed = matches!(end, End::Killed(_));
        if let Some(number) = number {
            book.end(number, end);
        }
        let Some(reply) = reply else {
            if killed {
                // Until it is gone it must not see the connection end, or it might still act on that.
                drain(&mut client).await;
            }
            return;
        };
        let written = client.write_all(&reply.bytes).await;
        if written.is_err() || !reply.ends || request.is_last() {
            return;
        }
    }
}

/// Does with a call what is to be done. The caller may be gone meanwhile: nobody looks.
async fn act(
    request: &Request,
    operation: &str,
    fault: Option<Kind>,
    book: &Book,
    by: Option<u32>,
    guard: Guard,
) -> Result<Act> {
    match fault {
        None => Ok(Act::Say(apply(request, operation, book).await?)),
        Some(kind @ (Kind::Refuse | Kind::Throttle | Kind::Fail)) => {
            Ok(Act::Say(answer::refusal(request, operation, kind)))
        }
        Some(Kind::Delay(long)) => {
            tokio::time::sleep(long).await;
            Ok(Act::Say(apply(request, operation, book).await?))
        }
        Some(Kind::Cut) => {
            let unsaid = apply(request, operation, book).await?.status;
            Ok(Act::HangUp(End::Cut(unsaid)))
        }
        Some(Kind::KillBefore) => {
            caller::kill(by, guard)?;
            Ok(Act::HangUp(End::Killed(None)))
        }
        Some(Kind::KillAfter) => {
            let unsaid = apply(request, operation, book).await?.status;
            caller::kill(by, guard)?;
            Ok(Act::HangUp(End::Killed(Some(unsaid))))
        }
    }
}

/// What the services make of it, those that the local cloud does not play included.
async fn apply(request: &Request, operation: &str, book: &Book) -> Result<Reply> {
    if operation == "sns:GetSMSSandboxAccountStatus" {
        return Ok(answer::sandbox());
    }
    if operation == "sns:ListPhoneNumbersOptedOut" {
        return Ok(answer::opted_out(&book.opted_out()));
    }
    // MiniStack answers that there are none.
    if operation == "ses:GET /v2/email/suppression/addresses" {
        return Ok(answer::suppressed(&book.suppressed()));
    }
    if operation == "sns:Publish" && book.refuses(&String::from_utf8_lossy(request.body())) {
        return Ok(answer::unreachable_number());
    }
    let upstream =
        book.upstream(operation).context("there is nothing to pass requests on to yet")?;
    pass(request, upstream).await
}

async fn find(client: &TcpStream) -> Option<u32> {
    let (theirs, ours) = (client.peer_addr().ok()?, client.local_addr().ok()?);
    tokio::task::spawn_blocking(move || caller::find(theirs, ours)).await.ok()?
}

/// Says why a request is not taken, and writes it down.
async fn turn_away(mut client: TcpStream, book: &Book, reason: &str) {
    let (number, _) = book.enter("unreadable", "", find(&client).await);
    book.end(number, End::Broken(reason.to_owned()));
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n";
    let length = reason.len();
    let answer = format!("{head}content-length: {length}\r\n\r\n{reason}");
    let _ = client.write_all(answer.as_bytes()).await;
    let _ = client.shutdown().await;
    // To close with something unread would take the answer from the caller.
    drain(&mut client).await;
}

/// Reads on until the caller has ended the connection, for a while.
async fn drain(client: &mut TcpStream) {
    let mut nowhere = tokio::io::sink();
    let _ = tokio::time::timeout(GONE, tokio::io::copy(client, &mut nowhere)).await;
}
