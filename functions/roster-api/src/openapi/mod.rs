//! The OpenAPI document (3.1), made from the routes and the problems that this code has.

mod answers;
mod drills;
mod incident_manager;
mod incidents;
mod kinds;
mod operation;
mod operations;
mod plans;
mod practice;
mod response_plan;
mod review;
mod reviews;
mod roster;
mod tests;

use utoipa::OpenApi as _;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::security::{ApiKey, ApiKeyValue};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, PathItem, PathsBuilder};

use crate::routes::all;
use operation::Examples;
use operations::operation;

/// The schemas, by name.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    answers::Action,
    answers::Alive,
    answers::Change,
    answers::Check,
    answers::Counts,
    answers::Departed,
    answers::DescribedRole,
    answers::Emergency,
    answers::Erased,
    answers::Fault,
    answers::FieldChange,
    answers::GatewayMessage,
    answers::History,
    answers::Hole,
    answers::Imported,
    answers::Member,
    answers::Outcome,
    answers::Priority,
    answers::Problem,
    answers::Readiness,
    answers::RowOutcome,
    answers::Simulated,
    answers::Standing,
    answers::Started,
    answers::Team,
    answers::Verdict,
    answers::Why,
    answers::WouldPage,
    answers::WouldTurn,
    drills::AskedDrill,
    drills::Drill,
    drills::DrillDraft,
    drills::DrillMode,
    drills::DrilledPage,
    drills::DrilledPerson,
    drills::DrillReport,
    incident_manager::Activation,
    incident_manager::ActivationDraft,
    incident_manager::IncidentManagerStanding,
    incident_manager::InactiveChannel,
    incident_manager::SyncFailure,
    incident_manager::SyncReport,
    incidents::Actor,
    incidents::Deed,
    incidents::Fact,
    incidents::Finding,
    incidents::FindingIdentity,
    incidents::Incident,
    incidents::IncidentStatus,
    incidents::IncidentWithTimeline,
    incidents::PageState,
    incidents::Route,
    incidents::SentPage,
    incidents::TimelineLine,
    plans::EscalationPlan,
    plans::EscalationPlanDraft,
    plans::Policy,
    plans::PolicyDraft,
    plans::Severity,
    plans::Step,
    plans::StepChannels,
    plans::StepChannelsWord,
    response_plan::Activity,
    response_plan::Exercise,
    response_plan::Framework,
    response_plan::Message,
    response_plan::NotificationDuty,
    response_plan::OpenPoint,
    response_plan::OpenPoints,
    response_plan::Phase,
    response_plan::PhaseActions,
    response_plan::PlanSettings,
    response_plan::PlanSettingsDraft,
    response_plan::PlannedExercise,
    response_plan::ResponsePlan,
    response_plan::Revision,
    response_plan::SeverityText,
    response_plan::Talk,
    response_plan::TeamMember,
    response_plan::Usage,
    reviews::AskedReview,
    reviews::Correction,
    reviews::Corrections,
    reviews::Coverage,
    reviews::CoverageFinding,
    reviews::Dead,
    reviews::Decision,
    reviews::DutyClock,
    reviews::DutyDone,
    reviews::DutyStage,
    reviews::Proofs,
    reviews::Reach,
    reviews::Reminder,
    reviews::Reported,
    reviews::Review,
    reviews::ReviewDraft,
    reviews::Reviews,
    reviews::Totals,
    reviews::WrongWith,
    roster::Always,
    roster::Availability,
    roster::Away,
    roster::Channel,
    roster::ChannelType,
    roster::Contact,
    roster::ContactDraft,
    roster::Day,
    roster::Duty,
    roster::ExternalResource,
    roster::ExternalResourceDraft,
    roster::IncidentType,
    roster::Leave,
    roster::MaskedChannel,
    roster::ResourceKind,
    roster::Role,
    roster::Status,
    roster::StatusWord,
    roster::Window,
)))]
struct Schemas;

const ABOUT: &str = "Keeps a security team's incident response roster, pages the right people and \
                     escalates until somebody answers. Calls are signed with AWS Signature Version 4 \
                     for `execute-api`, or carry a bearer token, as the stack's `AuthMode` says.";

/// The document.
fn document() -> OpenApi {
    let (mut paths, mut examples) = (PathsBuilder::new(), Examples::new());
    for route in all() {
        let method = match route.method {
            "get" => HttpMethod::Get,
            "post" => HttpMethod::Post,
            "put" => HttpMethod::Put,
            "patch" => HttpMethod::Patch,
            "delete" => HttpMethod::Delete,
            other => panic!("{other} has no place in the document"),
        };
        paths = paths.path(route.path, PathItem::new(method, operation(route, &mut examples)));
    }
    let mut document = Schemas::openapi();
    document.info = InfoBuilder::new()
        .title("Muster")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
        ))
        .build();
    document.paths = paths.build();
    let components = document.components.get_or_insert_default();
    for (name, value) in examples {
        let example = ExampleBuilder::new().value(Some(value)).build();
        components.examples.insert(name, example.into());
    }
    let header = ApiKeyValue::with_description(
        "Authorization",
        "AWS Signature Version 4 for the service execute-api",
    );
    components.add_security_scheme("iam", SecurityScheme::ApiKey(ApiKey::Header(header)));
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    document
}
