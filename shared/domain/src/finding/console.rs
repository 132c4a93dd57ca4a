//! Links to a finding in the AWS console.

use std::fmt::Write as _;

/// Stands for a Region that a finding does not name.
pub(super) const UNKNOWN_REGION: &str = "unknown";

/// Returns the address of `path` in the console of `region`. `GovCloud`, China, and the European
/// Sovereign Cloud have hosts of their own. A text that is no Region would be a part of the host, so it leads to the console's start.
pub(crate) fn console(region: &str, path: &str) -> String {
    if super::clean::region(region) == UNKNOWN_REGION {
        return "https://console.aws.amazon.com/".to_owned();
    }
    let host = match region {
        r if r.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        r if r.starts_with("cn-") => "console.amazonaws.cn",
        r if r.starts_with("eusc-") => "console.amazonaws-eusc.eu",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{host}/{path}")
}

/// Returns the link to the `GuardDuty` finding with this id.
pub(super) fn guardduty_link(region: &str, id: &str) -> String {
    let id = percent_encoded(id);
    console(region, &format!("guardduty/home?region={region}#/findings?macros=current&fId={id}"))
}

/// Returns the link to a finding by its `Id` in Security Hub CSPM.
pub(super) fn security_hub_link(region: &str, id: &str) -> String {
    console(region, &format!("securityhub/home?region={region}#/findings?{}", search("Id", id)))
}

/// Returns the link to a finding by its `finding_info.uid` in Security Hub.
pub(super) fn security_hub_v2_link(region: &str, uid: &str) -> String {
    let search = search("finding_info.uid", uid);
    console(region, &format!("securityhub/v2/home?region={region}#/findings?{search}"))
}

/// Returns the link to an object in a bucket.
pub(super) fn object_link(region: &str, bucket: &str, key: &str) -> String {
    let (bucket, key) = (percent_encoded(bucket), percent_encoded(key));
    console(region, &format!("s3/object/{bucket}?region={region}&prefix={key}"))
}

/// The search of both Security Hub consoles: `FIELD=\operator\:EQUALS\:VALUE`. The console decodes the
/// query once, and the operator and the value once more.
fn search(field: &str, value: &str) -> String {
    let value = percent_encoded(&percent_encoded(value));
    format!("search={field}%3D%255Coperator%255C%253AEQUALS%255C%253A{value}")
}

/// Encodes all but RFC 3986's unreserved characters.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_finding() {
        assert_eq!(
            security_hub_link("eu-west-1", "arn:aws:x/1"),
            "https://eu-west-1.console.aws.amazon.com/securityhub/home?region=eu-west-1#/findings?\
             search=Id%3D%255Coperator%255C%253AEQUALS%255C%253Aarn%253Aaws%253Ax%252F1"
        );
        assert_eq!(
            security_hub_v2_link("cn-north-1", "v1"),
            "https://cn-north-1.console.amazonaws.cn/securityhub/v2/home?region=cn-north-1#/findings?\
             search=finding_info.uid%3D%255Coperator%255C%253AEQUALS%255C%253Av1"
        );
        assert_eq!(
            guardduty_link("us-gov-west-1", "0a1b"),
            "https://us-gov-west-1.console.amazonaws-us-gov.com/guardduty/home?region=us-gov-west-1\
             #/findings?macros=current&fId=0a1b"
        );
        assert_eq!(
            guardduty_link("eusc-de-east-1", "0a1b"),
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/guardduty/home?region=eusc-de-east-1\
             #/findings?macros=current&fId=0a1b"
        );
        assert_eq!(
            object_link("eu-west-1", "uploads", "in/c v&.pdf"),
            "https://eu-west-1.console.aws.amazon.com/s3/object/uploads?region=eu-west-1\
             &prefix=in%2Fc%20v%26.pdf"
        );
    }

    #[test]
    fn no_id_breaks_out_of_a_link() {
        for id in ["\" onclick=\"x", "a b\n\u{202E}", "<script>", "x&y#z"] {
            let link = guardduty_link("eu-west-1", id);
            let (_, id) = link.split_once("fId=").unwrap();
            assert!(
                id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%._~-".contains(&byte))
            );
        }
        for region in [UNKNOWN_REGION, "evil.example/", "x@evil.example#", ""] {
            assert_eq!(guardduty_link(region, "x"), "https://console.aws.amazon.com/", "{region}");
        }
    }
}
