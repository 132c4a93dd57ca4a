//! Where services are: where the environment says, or in the Region's partition.

use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Service;

/// What starts the names of the Regions of each partition but `aws` and `aws-us-gov`, and its domain. Source: the
/// partitions of the AWS SDKs (`partitions.json`).
const DOMAINS: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
];

/// Characters that have a meaning in paths and queries (RFC 3986: all but the unreserved).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns a text as part of a path or of a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Returns the URL of a service, in the same order as the clients of the SDK: the service's environment variable, the
/// one of all services, the partition's domain.
pub(super) fn of(config: &SdkConfig, service: &Service) -> String {
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let own = config.service_config().zip(key.ok()).and_then(|(all, key)| all.load_config(key));
    own.or_else(|| config.endpoint_url().map(str::to_owned)).unwrap_or_else(|| {
        let region = config.region().map(Region::as_ref).unwrap_or_default();
        format!("https://{}.{region}.{}", service.host, domain(region))
    })
}

fn domain(region: &str) -> &'static str {
    let found = DOMAINS.iter().find(|(start, _)| region.starts_with(start));
    found.map_or("amazonaws.com", |(_, domain)| domain)
}
