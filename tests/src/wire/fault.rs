//! What can go wrong with a call, and how each service would say so.

use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The service refuses it; nothing is applied.
    Refuse,
    /// The service says "too fast"; nothing is applied.
    Throttle,
    /// The service is ill; nothing is applied.
    Fail,
    /// It is held up that long, and applied even if nobody waits for the answer any more.
    Delay(Duration),
    /// It is applied, and the connection ends without an answer.
    Cut,
    /// The calling process dies; nothing is applied.
    KillBefore,
    /// It is applied, and the calling process dies before it sees the answer.
    KillAfter,
}

/// A fault to come.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which calls: an operation such as `dynamodb:GetItem`, or the beginning of one.
    pub operation: String,
    /// Only calls whose body has this part; any if it is empty.
    pub holding: String,
    /// How many of them go well before.
    pub skip: usize,
    /// How many of them go wrong.
    pub times: usize,
    /// What goes wrong.
    pub kind: Kind,
}

impl Fault {
    /// The first call of this operation goes wrong.
    #[must_use]
    pub fn once(operation: &str, kind: Kind) -> Self {
        Self { operation: operation.to_owned(), holding: String::new(), skip: 0, times: 1, kind }
    }

    /// Every call of this operation goes wrong.
    #[must_use]
    pub fn always(operation: &str, kind: Kind) -> Self {
        Self { times: usize::MAX, ..Self::once(operation, kind) }
    }

    /// Whether this call goes wrong; it is counted.
    pub(super) fn strikes(&mut self, operation: &str, body: &str) -> Option<Kind> {
        if !operation.starts_with(&self.operation) || !body.contains(&self.holding) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times = self.times.checked_sub(1)?;
        Some(self.kind)
    }
}

fn http(status: &str, kind: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n{more}\
         connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn xml(status: &str, code: &str, message: &str) -> Vec<u8> {
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    http(status, "text/xml", "", &body)
}

/// A refusal in the form of the operation's service.
pub(super) fn answer(operation: &str, kind: Kind) -> Vec<u8> {
    let service = operation.split(':').next().unwrap_or_default();
    let (status, code) = match (kind, service) {
        (Kind::Refuse, "sns") => ("403 Forbidden", "AuthorizationError"),
        (Kind::Refuse, "ses") => ("403 Forbidden", "AccessDeniedException"),
        (Kind::Refuse, _) => ("400 Bad Request", "AccessDeniedException"),
        (Kind::Throttle, "sns") => ("400 Bad Request", "Throttling"),
        (Kind::Throttle, "ses") => ("429 Too Many Requests", "TooManyRequestsException"),
        (Kind::Throttle, _) => ("400 Bad Request", "ThrottlingException"),
        (_, "sns") => ("500 Internal Server Error", "InternalError"),
        _ => ("500 Internal Server Error", "InternalServerError"),
    };
    if service == "sns" {
        return xml(status, code, "no");
    }
    let named = format!("x-amzn-errortype: {code}\r\n");
    let body = format!("{{\"__type\":\"{code}\",\"message\":\"no\"}}");
    http(status, "application/x-amz-json-1.0", &named, &body)
}

/// What SNS answers for a number it cannot send to.
pub(super) fn unreachable_number() -> Vec<u8> {
    xml("400 Bad Request", "InvalidParameter", "Invalid parameter: PhoneNumber")
}

/// What SNS answers about an account in its sandbox, as new ones are. MiniStack does not know the call.
pub(super) fn sandbox() -> Vec<u8> {
    let body = "<GetSMSSandboxAccountStatusResponse \
        xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><GetSMSSandboxAccountStatusResult>\
        <IsInSandbox>true</IsInSandbox></GetSMSSandboxAccountStatusResult><ResponseMetadata>\
        <RequestId>sandbox</RequestId></ResponseMetadata></GetSMSSandboxAccountStatusResponse>";
    http("200 OK", "text/xml", "", body)
}
