//! Answers in a service's place, in the form that the service itself would use.

use std::collections::BTreeSet;

use super::fault::Kind;
use super::pass::Reply;
use super::request::Request;

const SNS: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

fn reply(status: u16, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {length}\r\n\r\n");
    Reply { bytes: (head + body).into_bytes(), status, ends: true }
}

fn xml(status: u16, code: &str, message: &str) -> Reply {
    let fault = if status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{SNS}\"><Error><Type>{fault}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>wire</RequestId></ErrorResponse>"
    );
    reply(status, "content-type: text/xml\r\n", &body)
}

fn json(status: u16, code: &str, message: &str) -> Reply {
    let headers = format!("content-type: application/json\r\nx-amzn-errortype: {code}\r\n");
    reply(status, &headers, &format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}"))
}

/// What the service says that refuses, throttles or fails. The codes are those of each service's API
/// reference, its list of common errors included; S3 speaks yet another XML and is not here.
pub(super) fn refusal(request: &Request, operation: &str, kind: Kind) -> Reply {
    let service = operation.split(':').next().unwrap_or_default();
    let form = request.is_form();
    let (status, code) = match (kind, service) {
        (Kind::Refuse, "sns") => (403, "AuthorizationError"),
        (Kind::Refuse, "ses") => (403, "AccessDeniedException"),
        (Kind::Refuse, _) if form => (403, "AccessDenied"),
        (Kind::Refuse, _) => (400, "AccessDeniedException"),
        (Kind::Throttle, "dynamodb") => (400, "ProvisionedThroughputExceededException"),
        (Kind::Throttle, "ses") => (429, "TooManyRequestsException"),
        (Kind::Throttle, _) if form => (400, "Throttling"),
        (Kind::Throttle, _) => (400, "ThrottlingException"),
        (_, "dynamodb") => (500, "InternalServerError"),
        (_, "sns") => (500, "InternalError"),
        (_, "events") => (500, "InternalException"),
        (_, "ses") => (500, "InternalServiceErrorException"),
        (_, "sms-voice") => (500, "InternalServerException"),
        _ => (500, "InternalFailure"),
    };
    let message = format!("{operation} goes wrong on purpose");
    if form { xml(status, code, &message) } else { json(status, code, &message) }
}

/// What SNS answers for a number it cannot send to.
pub(super) fn unreachable_number() -> Reply {
    xml(400, "InvalidParameter", "Invalid parameter: PhoneNumber")
}

/// What SNS answers about an account in its sandbox, as new ones are. MiniStack does not know the call.
pub(super) fn sandbox() -> Reply {
    let body = format!(
        "<GetSMSSandboxAccountStatusResponse xmlns=\"{SNS}\"><GetSMSSandboxAccountStatusResult>\
         <IsInSandbox>true</IsInSandbox></GetSMSSandboxAccountStatusResult><ResponseMetadata>\
         <RequestId>wire</RequestId></ResponseMetadata></GetSMSSandboxAccountStatusResponse>"
    );
    reply(200, "content-type: text/xml\r\n", &body)
}

/// The numbers that opted out of texts. MiniStack does not know the call.
pub(super) fn opted_out(numbers: &BTreeSet<String>) -> Reply {
    let members = numbers.iter().flat_map(|number| ["<member>", number.as_str(), "</member>"]);
    let numbers: String = members.collect();
    let body = format!(
        "<ListPhoneNumbersOptedOutResponse xmlns=\"{SNS}\"><ListPhoneNumbersOptedOutResult>\
         <phoneNumbers>{numbers}</phoneNumbers></ListPhoneNumbersOptedOutResult><ResponseMetadata>\
         <RequestId>wire</RequestId></ResponseMetadata></ListPhoneNumbersOptedOutResponse>"
    );
    reply(200, "content-type: text/xml\r\n", &body)
}

/// The addresses that SES sends nothing to, each with why.
pub(super) fn suppressed(addresses: &BTreeSet<(String, &'static str)>) -> Reply {
    let summary = |(address, reason): &(String, &'static str)| {
        format!(
            "{{\"EmailAddress\":\"{address}\",\"Reason\":\"{reason}\",\"LastUpdateTime\":1795405100}}"
        )
    };
    let summaries: Vec<_> = addresses.iter().map(summary).collect();
    let body = format!("{{\"SuppressedDestinationSummaries\":[{}]}}", summaries.join(","));
    reply(200, "content-type: application/json\r\n", &body)
}
