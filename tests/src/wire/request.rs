//! One request as it is on the wire: read whole, and named by its operation.

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// Longest head of a request, and longest body.
const MOST_HEAD: usize = 64 * 1024;
const MOST_BODY: usize = 8 * 1024 * 1024;

/// A request, byte for byte.
pub(super) struct Request {
    bytes: Vec<u8>,
    /// Where its body begins.
    body: usize,
}

/// What comes next on a connection.
pub(super) enum Next {
    Request(Request),
    /// The caller has gone; half a request is none.
    End,
    /// Something that is not guessed about: why.
    Unreadable(&'static str),
}

/// Reads the next request. What has come of the one after it stays in `buffer`.
pub(super) async fn next(client: &mut TcpStream, buffer: &mut Vec<u8>) -> Next {
    let mut looked = 0;
    let body = loop {
        if let Some(at) = buffer[looked..].windows(4).position(|end| end == b"\r\n\r\n") {
            break looked + at + 4;
        }
        if buffer.len() >= MOST_HEAD {
            return Next::Unreadable("the request's head is longer than 64 KiB");
        }
        looked = buffer.len().saturating_sub(3);
        if !more(client, buffer).await {
            return Next::End;
        }
    };
    let length = match body_length(&buffer[..body]) {
        Ok(length) => length,
        Err(reason) => return Next::Unreadable(reason),
    };
    while buffer.len() < body + length {
        if !more(client, buffer).await {
            return Next::End;
        }
    }
    let rest = buffer.split_off(body + length);
    Next::Request(Request { bytes: std::mem::replace(buffer, rest), body })
}

async fn more(client: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    client.read_buf(buffer).await.is_ok_and(|read| read > 0)
}

/// The SDK says how long each request is. What says otherwise is refused: a wrong guess would take one
/// request's body for the next request.
fn body_length(head: &[u8]) -> Result<usize, &'static str> {
    let head = std::str::from_utf8(head).map_err(|_| "the request's head is no text")?;
    if !head.lines().next().is_some_and(|line| line.ends_with(" HTTP/1.1")) {
        return Err("the wire speaks HTTP/1.1 only");
    }
    if header(head, "transfer-encoding").is_some() {
        return Err("the wire takes requests of known length only, not chunked ones");
    }
    if header(head, "expect").is_some() {
        return Err("the wire does not answer Expect");
    }
    let length = header(head, "content-length").map_or(Ok(0), str::parse);
    let length: usize = length.map_err(|_| "the request's content-length is no number")?;
    if length > MOST_BODY { Err("the request's body is longer than 8 MiB") } else { Ok(length) }
}

/// The value of a header in the head of a request or an answer.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

impl Request {
    pub(super) fn head(&self) -> &str {
        // It was text when it was read.
        std::str::from_utf8(&self.bytes[..self.body]).unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        header(self.head(), name)
    }

    /// All of it, in two parts: its first line, and what follows.
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        self.bytes.split_at(self.head().find("\r\n").map_or(0, |end| end + 2))
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    /// Whether the caller wants no more answers after this one.
    pub(super) fn is_last(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// Whether it speaks the query protocol, whose answers are XML.
    pub(super) fn is_form(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        kind.starts_with("application/x-www-form-urlencoded")
    }

    /// Whether it is what a function sends while it starts, to have a connection. That is no part of any
    /// event, and comes as often as there are processes.
    pub(super) fn warms_up(&self, body: &str) -> bool {
        if self.is_form() {
            return body.split('&').any(|field| field == "Message=warm");
        }
        // Whole values only: a finding may well tell of a swarm.
        body.contains("\"warm\"") || body.contains("\"warm@invalid\"")
    }

    /// The operation, as IAM names it: the signature's service, and what names the operation in that
    /// service's protocol.
    pub(super) fn operation(&self, body: &str) -> String {
        let scope = self.header("authorization").and_then(|value| value.split_once("Credential="));
        let scope = scope.map_or("", |(_, scope)| scope);
        let service = match scope.split('/').nth(3).unwrap_or("unsigned") {
            "monitoring" => "cloudwatch",
            service => service,
        };
        if let Some(target) = self.header("x-amz-target") {
            return format!("{service}:{}", target.rsplit('.').next().unwrap_or_default());
        }
        let mut fields = body.split('&').filter(|_| self.is_form());
        if let Some(action) = fields.find_map(|field| field.strip_prefix("Action=")) {
            return format!("{service}:{action}");
        }
        let mut line = self.head().split(' ');
        let (method, path) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
        match (service, method, path.split('?').next().unwrap_or_default()) {
            ("ses", "POST", "/v2/email/outbound-emails") => "ses:SendEmail".to_owned(),
            (_, _, path) => format!("{service}:{method} {path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str, service: &str, more: &str, body: &str) -> Request {
        let head = format!(
            "{line} HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=AK/20261123/us-east-1/{service}/aws4_request, X\r\n{more}\r\n"
        );
        Request { body: head.len(), bytes: format!("{head}{body}").into_bytes() }
    }

    const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

    #[test]
    fn operations_are_named_as_iam_does() {
        let check = |line: &str, service: &str, more: &str, body: &str, expected: &str| {
            assert_eq!(request(line, service, more, body).operation(body), expected);
        };
        let target = |target: &str| format!("X-Amz-Target: {target}\r\n");
        let (get, start) = ("DynamoDB_20120810.GetItem", "AWSStepFunctions.StartExecution");
        check("POST /", "dynamodb", &target(get), "{}", "dynamodb:GetItem");
        check("POST /", "states", &target(start), "{}", "states:StartExecution");
        let voice = target("PinpointSMSVoiceV2.SendVoiceMessage");
        check("POST /", "sms-voice", &voice, "{}", "sms-voice:SendVoiceMessage");
        check("POST /", "events", &target("AWSEvents.PutEvents"), "{}", "events:PutEvents");
        check("POST /", "sns", FORM, "Action=Publish&Message=x", "sns:Publish");
        check("POST /", "monitoring", FORM, "Action=PutMetricData", "cloudwatch:PutMetricData");
        let mail = "{\"Text\":\"see https://x/?a=b&Action=c\"}";
        check("POST /v2/email/outbound-emails", "ses", "", mail, "ses:SendEmail");
        check("GET /detector?maxResults=1", "guardduty", "", "", "guardduty:GET /detector");
    }

    #[test]
    fn only_a_warm_up_is_one() {
        let warms = |more: &str, body: &str| request("POST /", "x", more, body).warms_up(body);
        assert!(warms("", r#"{"Key":{"pk":{"S":"warm"}}}"#));
        assert!(warms("", r#"{"FromEmailAddress":"warm@invalid"}"#));
        assert!(warms(FORM, "Action=Publish&Message=warm"));
        assert!(!warms("", r#"{"S":"Docker swarm, warm \"warm\" and lukewarm"}"#));
        assert!(!warms(FORM, "Action=Publish&Message=warmer"));
    }

    #[test]
    fn what_has_no_known_length_is_refused() {
        let length = |more: &str| body_length(format!("POST / HTTP/1.1\r\n{more}\r\n").as_bytes());
        assert_eq!(length(""), Ok(0));
        assert_eq!(length("Content-Length: 8388608\r\n"), Ok(MOST_BODY));
        for bad in [
            "Content-Length: 8388609",
            "content-length: x",
            "Transfer-Encoding: chunked",
            "Expect: 100-continue",
        ] {
            assert!(length(&format!("{bad}\r\n")).is_err(), "{bad}");
        }
    }
}
