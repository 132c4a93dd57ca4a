//! The limits in schemas, which are literals there, are those of the checks; words are those in JSON.

use std::ops::RangeInclusive;

use serde_json::Value;
use utoipa::{PartialSchema, ToSchema as _};

use crate::finding::drill::DrillInput;
use crate::report::coverage::{CoverageReport, MOST_LISTED};
use crate::response_plan::settings::draft::ResponsePlanSettingsInput;
use crate::response_plan::settings::{
    CommunicationChannel, PhaseActions, RaciActivity, ResponsePlanSettings,
};
use crate::review::ChangeRequestType;
use crate::roster::contact::Contact;
use crate::roster::contact::draft::ContactInput;
use crate::roster::external::draft::ExternalResourceInput;
use crate::roster::external::{ExternalResource, MAX_PORTAL, NotificationObligation};
use crate::roster::plan::draft::EscalationPlanInput;
use crate::roster::plan::{EscalationPlan, Step};
use crate::roster::policy::Policy;
use crate::roster::policy::draft::PolicyInput;
use crate::roster::role::{Role, RoleCard};
use crate::value::channel::{Channel, ChannelType, PHONE_DIGITS};
use crate::value::id::MAX_ID;
use crate::value::limits::{
    ACKNOWLEDGMENTS, ESCALATION_LEVELS, GROUPING_HOURS, GROUPING_MINUTES, MAX_LIST, MAX_NOTE,
    MAX_ROW_LIST, MAX_STEPS, OBLIGATION_HOURS, PAGES, PLAN_MINUTES, REMINDER_MINUTES,
    REVIEW_MONTHS, ROUNDS, SLA_MINUTES, STEP_MINUTES,
};
use crate::value::text::{MAX_TEXT, MAX_TEXT_LINES};

/// Returns a property of a type's schema, also of one that includes the schema of flattened fields.
fn property<T: PartialSchema>(name: &str) -> Value {
    let schema = serde_json::to_value(T::schema()).unwrap();
    let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema]);
    let found = parts.iter().find_map(|part| part["properties"].get(name));
    found.unwrap_or_else(|| panic!("{name}")).clone()
}

fn range<T: PartialSchema>(name: &str, range: RangeInclusive<i64>) {
    let property = property::<T>(name);
    let limits = (property["minimum"].as_f64(), property["maximum"].as_f64());
    let number = |number: i64| Some(f64::from(u32::try_from(number).unwrap()));
    assert_eq!(limits, (number(*range.start()), number(*range.end())), "{name}");
}

fn most<T: PartialSchema>(keyword: &str, name: &str, most: usize) {
    assert_eq!(property::<T>(name)[keyword], most, "{name}");
}

/// Returns a property of a row of the response plan settings, as it is sent.
fn row(name: &str, field: &str) -> Value {
    let mut rows = Vec::new();
    ResponsePlanSettingsInput::schemas(&mut rows);
    let found = rows.into_iter().find(|(known, _)| known == name);
    let (_, schema) = found.unwrap_or_else(|| panic!("{name}"));
    serde_json::to_value(schema).unwrap()["properties"][field].clone()
}

#[test]
fn the_longest_address_is_that_of_a_webhook() {
    let mut parts = Vec::new();
    ContactInput::schemas(&mut parts);
    let (_, channel) = parts.into_iter().find(|(name, _)| name == "ChannelInput").unwrap();
    let channel = serde_json::to_value(channel).unwrap();
    let most = channel["properties"]["address"]["maxLength"].as_u64().unwrap();
    let url = |length: usize| format!("{:x<length$}", "https://example.com/");
    let accepts = |length| Channel::typed(ChannelType::Webhook, &url(length)).is_ok();
    let most = usize::try_from(most).unwrap();
    assert!(accepts(most) && !accepts(most + 1));
}

#[test]
fn numbers() {
    let levels = || i64::from(*ESCALATION_LEVELS.start())..=i64::from(*ESCALATION_LEVELS.end());
    range::<ContactInput>("escalation_level", levels());
    range::<Contact>("escalation_level", levels());
    range::<RoleCard>("escalation_level", levels());
    for name in
        ["max_escalation_level", "max_escalation_level_high", "max_escalation_level_critical"]
    {
        range::<PolicyInput>(name, levels());
        range::<Policy>(name, levels());
    }
    for name in
        ["sms_per_15_minutes", "calls_per_15_minutes", "emails_per_minute", "webhooks_per_minute"]
    {
        range::<PolicyInput>(name, PAGES);
        range::<Policy>(name, PAGES);
    }
    range::<PolicyInput>("grouping_window_minutes", GROUPING_MINUTES);
    range::<Policy>("grouping_window_minutes", GROUPING_MINUTES);
    range::<PolicyInput>("max_grouping_hours", GROUPING_HOURS);
    range::<Policy>("max_grouping_hours", GROUPING_HOURS);
    range::<PolicyInput>("reminder_minutes", REMINDER_MINUTES);
    range::<Policy>("reminder_minutes", REMINDER_MINUTES);
    range::<EscalationPlanInput>("rounds", ROUNDS);
    range::<EscalationPlan>("rounds", ROUNDS);
    range::<EscalationPlanInput>("round_interval_minutes", PLAN_MINUTES);
    range::<EscalationPlan>("round_interval_minutes", PLAN_MINUTES);
    range::<EscalationPlanInput>("acknowledgment_timeout_minutes", PLAN_MINUTES);
    range::<EscalationPlan>("acknowledgment_timeout_minutes", PLAN_MINUTES);
    range::<EscalationPlanInput>("required_acknowledgments", ACKNOWLEDGMENTS);
    range::<crate::roster::plan::draft::StepDraft>("after_minutes", STEP_MINUTES);
    range::<Step>("after_minutes", STEP_MINUTES);
    range::<ExternalResourceInput>("response_sla_minutes", SLA_MINUTES);
    range::<ExternalResource>("response_sla_minutes", SLA_MINUTES);
    range::<crate::roster::external::draft::DutyDraft>("within_hours", OBLIGATION_HOURS);
    range::<NotificationObligation>("within_hours", OBLIGATION_HOURS);
    range::<ResponsePlanSettingsInput>("review_interval_months", REVIEW_MONTHS);
    range::<ResponsePlanSettings>("review_interval_months", REVIEW_MONTHS);
}

#[test]
fn texts() {
    for name in ["name", "department", "manager"] {
        most::<ContactInput>("maxLength", name, MAX_TEXT);
        most::<Contact>("maxLength", name, MAX_TEXT);
    }
    for name in
        ["organization", "contact_name", "role", "service_type", "contract_number", "support_level"]
    {
        most::<ExternalResourceInput>("maxLength", name, MAX_TEXT);
        most::<ExternalResource>("maxLength", name, MAX_TEXT);
    }
    most::<ExternalResourceInput>("maxLength", "portal_url", MAX_PORTAL);
    most::<ExternalResource>("maxLength", "portal_url", MAX_PORTAL);
    most::<EscalationPlanInput>("maxLength", "name", MAX_TEXT);
    most::<EscalationPlan>("maxLength", "name", MAX_TEXT);
    most::<ResponsePlanSettingsInput>("maxLength", "organization", MAX_TEXT);
    most::<ResponsePlanSettings>("maxLength", "organization", MAX_TEXT);
    most::<RaciActivity>("maxLength", "activity", MAX_TEXT);
    for name in ["purpose", "scope"] {
        most::<ResponsePlanSettingsInput>("maxLength", name, MAX_TEXT_LINES);
        most::<ResponsePlanSettings>("maxLength", name, MAX_TEXT_LINES);
    }
    for name in ["skills", "certifications"] {
        assert_eq!(property::<ContactInput>(name)["items"]["maxLength"], MAX_TEXT, "{name}");
        assert_eq!(property::<Contact>(name)["items"]["maxLength"], MAX_TEXT, "{name}");
    }
    let areas = "expertise_areas";
    assert_eq!(property::<ExternalResourceInput>(areas)["items"]["maxLength"], MAX_TEXT);
    assert_eq!(property::<ExternalResource>(areas)["items"]["maxLength"], MAX_TEXT);
    for (name, field) in [
        ("RaciActivityInput", "activity"),
        ("SeverityDefinitionInput", "definition"),
        ("CommunicationRuleInput", "audience"),
        ("CommunicationRuleInput", "channel"),
        ("CommunicationRuleInput", "cadence"),
        ("CommunicationChannelInput", "name"),
        ("CommunicationChannelInput", "instructions"),
        ("PlannedExerciseInput", "description"),
    ] {
        assert_eq!(row(name, field)["maxLength"], MAX_TEXT, "{name}.{field}");
    }
    let request = serde_json::to_value(ChangeRequestType::schema()).unwrap();
    for kind in request["oneOf"].as_array().unwrap() {
        assert_eq!(kind["properties"]["note"]["maxLength"], MAX_NOTE);
    }
    let id = format!("^[a-z0-9-]{{1,{MAX_ID}}}$");
    assert_eq!(property::<ContactInput>("id")["pattern"], id);
    assert_eq!(property::<Contact>("id")["pattern"], id);
    let phone = format!("^[+][0-9]{{{},{}}}$", PHONE_DIGITS.start(), PHONE_DIGITS.end());
    assert_eq!(property::<ExternalResourceInput>("contact_phone")["pattern"], phone);
    assert_eq!(property::<ExternalResource>("contact_phone")["pattern"], phone);
}

#[test]
fn lists() {
    most::<ContactInput>("maxItems", "roles", Role::ALL.len());
    most::<Contact>("maxItems", "roles", Role::ALL.len());
    for name in ["channels", "skills", "certifications", "accounts"] {
        most::<ContactInput>("maxItems", name, MAX_LIST);
        most::<Contact>("maxItems", name, MAX_LIST);
    }
    for name in ["expertise_areas", "notification_obligations"] {
        most::<ExternalResourceInput>("maxItems", name, MAX_LIST);
        most::<ExternalResource>("maxItems", name, MAX_LIST);
    }
    most::<DrillInput>("maxItems", "contacts", MAX_LIST);
    most::<EscalationPlanInput>("maxItems", "incident_types", MAX_LIST);
    most::<EscalationPlanInput>("maxItems", "steps", MAX_STEPS);
    most::<EscalationPlan>("maxItems", "steps", MAX_STEPS);
    most::<Step>("maxItems", "targets", MAX_LIST);
    for name in
        ["raci", "phases", "severities", "communication", "communication_channels", "exercises"]
    {
        most::<ResponsePlanSettingsInput>("maxItems", name, MAX_LIST);
        most::<ResponsePlanSettings>("maxItems", name, MAX_LIST);
    }
    for name in ["responsible", "accountable", "consulted", "informed"] {
        most::<RaciActivity>("maxItems", name, MAX_ROW_LIST);
        assert_eq!(row("RaciActivityInput", name)["maxItems"], MAX_ROW_LIST, "{name}");
    }
    most::<PhaseActions>("maxItems", "actions", MAX_ROW_LIST);
    most::<CommunicationChannel>("maxItems", "depends_on", MAX_ROW_LIST);
    for (name, field) in
        [("PhaseActionsInput", "actions"), ("CommunicationChannelInput", "depends_on")]
    {
        assert_eq!(row(name, field)["maxItems"], MAX_ROW_LIST, "{name}");
        assert_eq!(row(name, field)["items"]["maxLength"], MAX_TEXT, "{name}");
    }
    most::<CoverageReport>("maxItems", "gaps", MOST_LISTED);
}

#[test]
fn words() {
    let schema = serde_json::to_value(Role::schema()).unwrap();
    assert_eq!(schema["enum"], serde_json::json!(Role::ALL));
    let about = schema["description"].as_str().unwrap();
    assert!(
        about.starts_with("A role in incident response.\n\n- `incident_commander`: Has overall")
    );
}
