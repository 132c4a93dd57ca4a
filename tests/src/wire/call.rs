//! One call as it is on the wire: read whole, named by its operation, passed on byte for byte.

use std::net::Ipv4Addr;

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longest head of a request, and longest body.
const MOST_HEAD: usize = 64 * 1024;
const MOST_BODY: usize = 8 * 1024 * 1024;

/// A request, as it came.
pub(super) struct Request {
    bytes: Vec<u8>,
    /// Where its body begins.
    body: usize,
}

impl Request {
    /// Reads one; nothing if the connection ends before it begins.
    pub(super) async fn read(client: &mut TcpStream) -> Result<Option<Self>> {
        let mut bytes = Vec::new();
        let body = loop {
            if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
            ensure!(bytes.len() < MOST_HEAD, "the request's head is too long");
            if client.read_buf(&mut bytes).await? == 0 {
                ensure!(bytes.is_empty(), "the request ends in its head");
                return Ok(None);
            }
        };
        let mut request = Self { bytes, body };
        ensure!(request.header("transfer-encoding").is_none(), "only requests of known length");
        let length = request.header("content-length").map_or(Ok(0), |length| length.parse())?;
        ensure!(length <= MOST_BODY, "the request's body is too long");
        while request.bytes.len() < body + length {
            let read = client.read_buf(&mut request.bytes).await?;
            ensure!(read > 0, "the request ends in its body");
        }
        Ok(Some(request))
    }

    fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.body]).into_owned()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.head().lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The body, as far as it is text.
    pub(super) fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.bytes[self.body..]).into_owned()
    }

    /// The operation, as IAM names it: by the signature's service, and by what names the operation in
    /// that service's protocol.
    pub(super) fn operation(&self) -> String {
        let scope = self.header("authorization").unwrap_or_default();
        let service = scope.split('/').nth(3).unwrap_or("unsigned").to_owned();
        let head = self.head();
        let mut line = head.lines().next().unwrap_or_default().split(' ');
        let (method, path) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
        let target = self.header("x-amz-target");
        let form = self.body_text();
        let action = form.split('&').find_map(|field| field.strip_prefix("Action="));
        let operation = match (target, action) {
            (Some(target), _) => target.rsplit('.').next().unwrap_or_default().to_owned(),
            (None, Some(action)) => action.to_owned(),
            (None, None) if path.ends_with("/outbound-emails") => "SendEmail".to_owned(),
            (None, None) => format!("{method} {path}"),
        };
        format!("{service}:{operation}")
    }

    /// Passes it on, its Host header too, since the signature covers it: the whole answer.
    pub(super) async fn pass(&self, port: u16) -> Result<Vec<u8>> {
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let line = self.bytes.windows(2).position(|end| end == b"\r\n").unwrap_or_default() + 2;
        server.write_all(&self.bytes[..line]).await?;
        server.write_all(b"connection: close\r\n").await?;
        server.write_all(&self.bytes[line..]).await?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_as_iam_does() {
        let check = |line: &str, service: &str, more: &str, body: &str, expected: &str| {
            let head = format!(
                "{line} HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 \
                 Credential=AK/20261123/us-east-1/{service}/aws4_request, X\r\n{more}\r\n"
            );
            let request = Request { body: head.len(), bytes: format!("{head}{body}").into_bytes() };
            assert_eq!(request.operation(), expected);
        };
        let target = "X-Amz-Target: DynamoDB_20120810.GetItem\r\n";
        check("POST /", "dynamodb", target, "{}", "dynamodb:GetItem");
        check("POST /", "sns", "", "Action=Publish&Message=x", "sns:Publish");
        check("POST /v2/email/outbound-emails", "ses", "", "{}", "ses:SendEmail");
        check("GET /detector", "guardduty", "", "", "guardduty:GET /detector");
    }
}
