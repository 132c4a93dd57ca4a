//! Addresses and numbers that SES and SNS send nothing to any more.

use std::collections::HashMap;

use aws_types::SdkConfig;
use muster_domain::review::reach::UndeliverableReason;
use muster_domain::value::channel::Channel;
use muster_runtime::error::AwsError;
use muster_runtime::service::{Call, Client, encoded};
use serde_json::Value;

use crate::mail::SES;

/// How many pages of either list are read: SES's has a thousand addresses to a page, SNS's a hundred
/// numbers.
const MOST_PAGES: usize = 200;

/// Who knows what is dead: SES's list of suppressed addresses and SNS's of numbers that opted out.
#[derive(Clone, Debug)]
pub struct Unreachable {
    ses: Client,
    sns: aws_sdk_sns::Client,
}

/// What is dead.
#[derive(Clone, Default)]
pub struct DeadOnes {
    addresses: HashMap<String, UndeliverableReason>,
    numbers: HashMap<String, UndeliverableReason>,
}

impl DeadOnes {
    /// Why nothing arrives by this channel any more, if so. A call reaches a number that takes no texts.
    #[must_use]
    pub fn of(&self, channel: &Channel) -> Option<UndeliverableReason> {
        match channel {
            Channel::Email(email) => {
                self.addresses.get(&email.as_str().to_ascii_lowercase()).copied()
            }
            Channel::Sms(phone) => self.numbers.get(phone.as_str()).copied(),
            Channel::Voice(_) | Channel::Webhook(_) => None,
        }
    }
}

impl Unreachable {
    /// The lists of this account and Region.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { ses: Client::new(config, SES), sns: aws_sdk_sns::Client::new(config) }
    }

    /// Everything that is dead now.
    ///
    /// # Errors
    /// The failed call.
    pub async fn list(&self) -> Result<DeadOnes, AwsError> {
        let mut dead = DeadOnes::default();
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let answer = self.ses.call(list_suppressed(next.as_deref())).await?;
            dead.addresses.extend(suppressed(&answer));
            next = answer["NextToken"].as_str().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let list = self.sns.list_phone_numbers_opted_out().set_next_token(next);
            let answer = list.send().await;
            let answer = answer.map_err(|e| AwsError::of("sns:ListPhoneNumbersOptedOut", &e))?;
            let numbers = answer.phone_numbers.unwrap_or_default().into_iter();
            dead.numbers.extend(numbers.map(|number| (number, UndeliverableReason::OptedOut)));
            next = answer.next_token;
            if next.is_none() {
                break;
            }
        }
        Ok(dead)
    }
}

fn list_suppressed(next: Option<&str>) -> Call {
    let mut path = "/v2/email/suppression/addresses?PageSize=1000".to_owned();
    if let Some(next) = next {
        path.push_str("&NextToken=");
        path.push_str(&encoded(next));
    }
    Call::get("ses:ListSuppressedDestinations", path)
}

fn suppressed(answer: &Value) -> impl Iterator<Item = (String, UndeliverableReason)> {
    let list = answer["SuppressedDestinationSummaries"].as_array().into_iter().flatten();
    list.filter_map(|entry| {
        let why = match entry["Reason"].as_str() {
            Some("COMPLAINT") => UndeliverableReason::Complaint,
            _ => UndeliverableReason::Bounced,
        };
        Some((entry["EmailAddress"].as_str()?.to_ascii_lowercase(), why))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_list_is_read_page_by_page() {
        let path = |next| list_suppressed(next).path().to_owned();
        assert_eq!(path(None), "/v2/email/suppression/addresses?PageSize=1000");
        let next = "/v2/email/suppression/addresses?PageSize=1000&NextToken=a%2Bb%3D";
        assert_eq!(path(Some("a+b=")), next);
        let page = json!({ "SuppressedDestinationSummaries": [
            { "EmailAddress": "Ada@Example.com", "Reason": "COMPLAINT", "LastUpdateTime": 1.5 },
            { "EmailAddress": "bo@example.com", "Reason": "BOUNCE", "LastUpdateTime": 1.5 }
        ] });
        let found: HashMap<_, _> = suppressed(&page).collect();
        let is = |address: &str, why| assert_eq!(found.get(address).copied(), Some(why));
        is("ada@example.com", UndeliverableReason::Complaint);
        is("bo@example.com", UndeliverableReason::Bounced);
    }
}
