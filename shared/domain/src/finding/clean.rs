//! Makes a finding fit to be shown: sources write what an attacker chose, such as the key of an object.

use super::console::UNKNOWN_REGION;
use super::{CustomAction, Detail, Finding, MOST_DESCRIPTION, MOST_TITLE, classify};
use crate::value::text::cleaned;

/// Stands for an account that a finding does not name.
const UNKNOWN_ACCOUNT: &str = "unknown";
/// Longest value of a detail, in characters: an ARN of S3 can have 1,100, and nobody reads one that long.
const MAX_DETAIL: usize = 300;

impl Finding {
    /// Returns this finding with every text on one line, with nothing that hides or can be clicked in
    /// it. Every reader ends with this, so that no message has to think of it. The identity stays as it
    /// is, since it is compared: [`FindingIdentity::for_display`](super::FindingIdentity::for_display)
    /// is its text for people. The console link is ours.
    #[must_use]
    pub(crate) fn cleaned(self) -> Self {
        let finding_type = cleaned_type(&self.finding_type);
        // A title of invisible characters only would leave a subject without words.
        let title = Some(cleaned(&self.title, MOST_TITLE)).filter(|title| !title.is_empty());
        let words = || self.incident_type.words().clone();
        let details = self.details.into_iter().map(|detail| Detail {
            label: cleaned(&detail.label, MAX_DETAIL),
            value: cleaned(&detail.value, MAX_DETAIL),
        });
        Self {
            account: account(&self.account),
            region: region(&self.region),
            title: title.unwrap_or_else(|| match &finding_type {
                none if none.is_empty() => words(),
                some => some.clone(),
            }),
            description: cleaned(&self.description, MOST_DESCRIPTION),
            resource: self.resource.map(|text| cleaned(&text, MOST_TITLE)),
            details: details.filter(|detail| !detail.value.is_empty()).collect(),
            custom_action: self.custom_action.map(CustomAction::cleaned),
            finding_type,
            ..self
        }
    }
}

impl CustomAction {
    /// Returns this action with its texts on one line each.
    #[must_use]
    pub(crate) fn cleaned(self) -> Self {
        Self {
            action: cleaned(&self.action, MAX_DETAIL),
            action_arn: cleaned(&self.action_arn, MAX_DETAIL),
            account: account(&self.account),
            event: cleaned(&self.event, MAX_DETAIL),
        }
    }
}

/// Returns a type cleaned, unless the table knows it. Known types have dots that `cleaned` would put brackets around
/// (`AnomalousBehavior.SuccessfulBruteForce`), and nothing can be searched for by a type with brackets.
#[must_use]
pub(crate) fn cleaned_type(text: &str) -> String {
    if text.len() <= MOST_TITLE && classify::is_known(text) {
        return text.to_owned();
    }
    cleaned(text, MOST_TITLE)
}

/// Returns the account, if it is one: 12 digits.
pub(super) fn account(text: &str) -> String {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { text } else { UNKNOWN_ACCOUNT }.to_owned()
}

/// Returns the Region, if its name has the shape of one: `eu-central-1`, `eusc-de-east-1`.
pub(super) fn region(text: &str) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let is_region = match parts.as_slice() {
        [area, places @ .., number] => {
            (2..=4).contains(&area.len())
                && letters(area)
                && !places.is_empty()
                && places.iter().all(letters)
                && number.len() == 1
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    if is_region && text.len() < 30 { text } else { UNKNOWN_REGION }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_regions_have_their_shapes() {
        assert_eq!(account("111122223333"), "111122223333");
        for odd in ["", "11112222333", "1111222233334", "11112222333x", "１１１１２２２２３３３３"]
        {
            assert_eq!(account(odd), "unknown", "{odd}");
        }
        for good in [
            "eu-west-1",
            "us-gov-west-1",
            "cn-north-1",
            "ap-southeast-7",
            "us-isob-east-1",
            "eusc-de-east-1",
        ] {
            assert_eq!(region(good), good);
        }
        for odd in [
            "",
            "eu",
            "eu-1",
            "EU-west-1",
            "eu-west-12",
            "eu-west-1.evil.com",
            "eu--1",
            "e-w-1",
            "evils-w-1",
        ] {
            assert_eq!(region(odd), "unknown", "{odd}");
        }
    }

    #[test]
    fn known_types_stay_as_they_are_and_others_are_cleaned() {
        for good in [
            "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce",
            // A family that the table has with another resource.
            "CredentialAccess:Redshift/AnomalousBehavior.FailedLogin",
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            "Backdoor:EC2/C&CActivity.B",
            "",
        ] {
            assert_eq!(cleaned_type(good), good);
        }
        assert_eq!(cleaned_type("TTPs/Evil.Com"), "TTPs/Evil[.]Com");
        assert_eq!(cleaned_type("Impact:EC2/Evil.Com"), "Impact:EC2/Evil[.]Com");
        let behind = "Impact:evil.com/AnomalousBehavior.Write";
        assert_eq!(cleaned_type(behind), "Impact:evil[.]com/AnomalousBehavior[.]Write");
        assert_eq!(
            cleaned_type("Software and Configuration Checks/CVE"),
            "Software and Configuration Checks/CVE"
        );
        assert_eq!(cleaned_type("TTPs/evil.com"), "TTPs/evil[.]com");
        assert_eq!(cleaned_type("TTPs/EVIL.COM"), "TTPs/EVIL[.]COM");
        assert_eq!(cleaned_type("TTPs/x\n\u{202E}y"), "TTPs/x y");
        assert_eq!(cleaned_type("https://X"), "https[:]//X");
    }
}
