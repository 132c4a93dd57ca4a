//! The roster's entries as the document describes them: what is sent, and what comes back.

#![expect(dead_code, reason = "their shapes are read, and never their values")]

use serde::Deserialize;
use utoipa::ToSchema;

/// How a person is reached; in order of preference.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Channel {
    /// E-mail.
    Email {
        /// One address, without a display name.
        #[schema(format = "email", example = "ada@example.com")]
        address: String,
    },
    /// Text message.
    Sms {
        /// In E.164 form.
        #[schema(format = "e164", example = "+14255550101")]
        address: String,
    },
    /// Telephone call.
    Voice {
        /// In E.164 form.
        #[schema(format = "e164", example = "+14255550101")]
        address: String,
    },
}

/// A channel with its address masked: `+1•••••0101`, `a•••••@example.com`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MaskedChannel {
    r#type: ChannelType,
    #[schema(example = "+1•••••0101")]
    address: String,
}

/// A kind of channel.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChannelType {
    Email,
    Sms,
    Voice,
}

/// A role in the response to an incident.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    IncidentCommander,
    IncidentManager,
    TechnicalLead,
    SecurityAnalyst,
    CommunicationsLead,
    SubjectMatterExpert,
    LegalCounsel,
}

/// A day of the week.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Hours on some days, by the person's own clock; past midnight if `to` is not after `from`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Window {
    #[schema(min_items = 1, max_items = 7)]
    days: Vec<Day>,
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", example = "22:00")]
    from: String,
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", example = "06:00")]
    to: String,
}

/// Always, or weekly windows.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Availability {
    Always(Always),
    Weekly(Vec<Window>),
}

/// Round the clock.
#[derive(Deserialize, ToSchema)]
pub(super) enum Always {
    #[serde(rename = "24/7")]
    Always,
}

/// Whether somebody is there.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Status {
    Word(StatusWord),
    Away(Away),
}

/// There, or gone for good.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StatusWord {
    Active,
    Departed,
}

/// On leave.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Away {
    on_leave: Leave,
}

/// The last day of a leave.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Leave {
    #[schema(format = "date", example = "2026-12-31")]
    until: String,
}

/// What is sent to make or replace a contact. What was read may be sent back: the service's own
/// fields are ignored, `version` must then be the current one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Ada Lovelace", "roles": ["incident_commander"],
    "channels": [
        {"type": "sms", "address": "+14255550101"}, {"type": "email", "address": "ada@example.com"}
    ],
    "time_zone": "Europe/London"
}))]
pub(super) struct ContactDraft {
    /// From the name if absent; never changes.
    #[schema(pattern = "^[a-z0-9-]{1,64}$", example = "ada-lovelace")]
    id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The first is the primary one.
    #[schema(min_items = 1, max_items = 7)]
    roles: Vec<Role>,
    /// Two different types at least.
    #[schema(min_items = 1, max_items = 100)]
    channels: Vec<Channel>,
    #[schema(min_length = 1, max_length = 200)]
    department: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    manager: Option<String>,
    /// The id of the contact who stands in.
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    backup: Option<String>,
    availability: Option<Availability>,
    /// An IANA time zone.
    #[schema(format = "iana-time-zone", example = "Europe/London")]
    time_zone: String,
    /// The escalation level; the primary role's if absent.
    #[schema(minimum = 1, maximum = 4)]
    level: Option<i64>,
    #[schema(max_items = 100)]
    skills: Option<Vec<String>>,
    #[schema(max_items = 100)]
    certifications: Option<Vec<String>>,
    /// The AWS accounts an expert is for; empty for all.
    #[schema(max_items = 100)]
    accounts: Option<Vec<String>>,
    status: Option<Status>,
    #[schema(minimum = 0)]
    version: Option<u64>,
    created_at: Option<serde_json::Value>,
    created_by: Option<serde_json::Value>,
    updated_at: Option<serde_json::Value>,
    updated_by: Option<serde_json::Value>,
    reviewed_at: Option<serde_json::Value>,
    unconfirmed_since: Option<serde_json::Value>,
}

/// A contact: somebody who is paged. Numbers and addresses are masked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    id: String,
    name: String,
    roles: Vec<Role>,
    channels: Vec<MaskedChannel>,
    department: Option<String>,
    manager: Option<String>,
    backup: Option<String>,
    availability: Availability,
    time_zone: String,
    #[schema(minimum = 1, maximum = 4)]
    level: u8,
    skills: Vec<String>,
    certifications: Vec<String>,
    accounts: Vec<String>,
    status: Status,
    #[schema(format = "date-time")]
    reviewed_at: Option<String>,
    /// Since when nobody has answered the reminders to confirm it.
    #[schema(format = "date-time")]
    unconfirmed_since: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    created_by: String,
    #[schema(format = "date-time")]
    updated_at: String,
    updated_by: String,
    /// Counts the changes; also the entity tag.
    version: u64,
}

/// Which incidents must be reported to an organisation, and how soon.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Duty {
    #[schema(min_items = 1, max_items = 100)]
    incident_types: Vec<IncidentType>,
    #[schema(minimum = 1, maximum = 8760)]
    within_hours: u32,
}

/// A kind of external resource.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ResourceKind {
    AwsSupport,
    AwsCirt,
    AwsShield,
    AwsManagedServices,
    Forensics,
    Legal,
    Insurer,
    Regulator,
    LawEnforcement,
    Vendor,
    Isv,
    Msp,
    Other,
}

/// A kind of incident.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum IncidentType {
    AccountCompromise,
    Malware,
    DataExposure,
    ServiceDisruption,
    LoggingTampering,
    SuspiciousActivity,
    Vulnerability,
    Misconfiguration,
    PenetrationTest,
    Other,
}

/// What is sent to make or replace an external resource.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation": "Example Forensics", "kind": "forensics", "contact_phone": "+14255550142",
    "contract_number": "C-2026-0042", "response_minutes": 60
}))]
pub(super) struct ExternalResourceDraft {
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    organisation: String,
    kind: ResourceKind,
    #[schema(min_length = 1, max_length = 200)]
    contact_name: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    role: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    service_type: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    contract_number: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    support_level: Option<String>,
    /// This or a phone; for the teams of AWS a portal is enough.
    #[schema(format = "email")]
    contact_email: Option<String>,
    #[schema(format = "e164")]
    contact_phone: Option<String>,
    #[schema(format = "email")]
    escalation_email: Option<String>,
    #[schema(format = "e164")]
    escalation_phone: Option<String>,
    #[schema(format = "uri", example = "https://console.aws.amazon.com/support/home")]
    portal: Option<String>,
    availability: Option<Availability>,
    #[schema(format = "iana-time-zone")]
    time_zone: Option<String>,
    #[schema(minimum = 1, maximum = 525_600)]
    response_minutes: Option<u32>,
    #[schema(max_items = 100)]
    expertise: Option<Vec<String>>,
    #[schema(max_items = 100)]
    duties: Option<Vec<Duty>>,
    /// The id of the contact who keeps the entry true and sees to its duties.
    #[schema(pattern = "^[a-z0-9-]{1,64}$")]
    owner: Option<String>,
    #[schema(minimum = 0)]
    version: Option<u64>,
    created_at: Option<serde_json::Value>,
    created_by: Option<serde_json::Value>,
    updated_at: Option<serde_json::Value>,
    updated_by: Option<serde_json::Value>,
    reviewed_at: Option<serde_json::Value>,
    unconfirmed_since: Option<serde_json::Value>,
}

/// An organisation that helps in an incident or must be told of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExternalResource {
    id: String,
    organisation: String,
    kind: ResourceKind,
    contact_name: Option<String>,
    role: Option<String>,
    service_type: Option<String>,
    contract_number: Option<String>,
    support_level: Option<String>,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    escalation_email: Option<String>,
    escalation_phone: Option<String>,
    portal: Option<String>,
    availability: Availability,
    time_zone: Option<String>,
    response_minutes: Option<u32>,
    expertise: Vec<String>,
    duties: Vec<Duty>,
    owner: Option<String>,
    #[schema(format = "date-time")]
    reviewed_at: Option<String>,
    /// Since when nobody has answered the reminders to confirm it.
    #[schema(format = "date-time")]
    unconfirmed_since: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    created_by: String,
    #[schema(format = "date-time")]
    updated_at: String,
    updated_by: String,
    /// Counts the changes; also the entity tag.
    version: u64,
}
