//! A request handed to the local cloud, and the whole of its answer.

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::request::{Request, header};

/// An answer, from a service or in its place.
pub(super) struct Reply {
    pub bytes: Vec<u8>,
    pub status: u16,
    /// Whether it says itself where it ends, so that the connection can go on after it.
    pub ends: bool,
}

/// Hands it on as it came, its Host header too, since the signature covers it. The one line that is
/// added, which no signature covers, makes the end of the answer the end of the connection.
pub(super) async fn pass(request: &Request, port: u16) -> Result<Reply> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
    let mut server = server.context("the local cloud takes no connection")?;
    let (mut answers, mut asks) = server.split();
    let (line, rest) = request.parts();
    let ask = async {
        asks.write_all(line).await?;
        asks.write_all(b"connection: close\r\n").await?;
        asks.write_all(rest).await
    };
    let mut bytes = Vec::new();
    // Side by side: a server may answer, and wait to be heard, before it has read everything. If one
    // hangs up on us, what it has said by then is its answer.
    let (asked, answered) = tokio::join!(ask, answers.read_to_end(&mut bytes));
    if bytes.is_empty() {
        asked.context("the local cloud does not take the request")?;
        answered.context("the local cloud breaks off")?;
    }
    Reply::read(bytes).context("the local cloud gives no answer")
}

impl Reply {
    /// Everything that a server has said before it closed the connection.
    fn read(bytes: Vec<u8>) -> Option<Self> {
        let at = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
        let (head, body) = (std::str::from_utf8(&bytes[..at]).ok()?, &bytes[at..]);
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let chunked = header(head, "transfer-encoding").is_some();
        let length = header(head, "content-length").and_then(|length| length.parse().ok());
        let ends = match (chunked, length) {
            (true, _) => body.ends_with(b"0\r\n\r\n"),
            (false, length) => length == Some(body.len()),
        };
        if !ends {
            return Some(Self { bytes, status, ends });
        }
        // That the connection ends was between the server and us.
        let lines = head.split_inclusive("\r\n");
        let ours = |line: &str| {
            let name = line.split(':').next().unwrap_or_default();
            ["connection", "keep-alive"].iter().any(|ours| name.eq_ignore_ascii_case(ours))
        };
        let mut kept: Vec<u8> = lines.filter(|line| !ours(line)).collect::<String>().into_bytes();
        kept.extend_from_slice(body);
        Some(Self { bytes: kept, status, ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_goes_on_only_after_an_answer_that_says_its_end() {
        let check = |head: &str, body: &str, ends: bool, handed_on: &str| {
            let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}").into_bytes();
            let reply = Reply::read(bytes).unwrap();
            assert_eq!((reply.status, reply.ends), (200, ends), "{head}");
            let handed_on = format!("HTTP/1.1 200 OK\r\n{handed_on}\r\n{body}");
            assert_eq!(String::from_utf8(reply.bytes).unwrap(), handed_on);
        };
        let (length, chunked) = ("Content-Length: 2\r\n", "transfer-encoding: chunked\r\n");
        check(&format!("Connection: close\r\n{length}"), "ok", true, length);
        check(length, "o", false, length);
        check(chunked, "2\r\nok\r\n0\r\n\r\n", true, chunked);
        check(chunked, "2\r\nok\r\n", false, chunked);
        check("Connection: close\r\n", "ok", false, "Connection: close\r\n");
        assert!(Reply::read(b"HTTP/1.1 200 OK\r\n".to_vec()).is_none());
    }
}
