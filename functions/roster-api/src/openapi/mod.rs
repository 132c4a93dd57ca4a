//! The OpenAPI document (3.1), made from the routes, their handlers' signatures, and the types that are sent.

mod example;
pub(crate) mod handler;
mod inputs;
mod nouns;
mod operation;
mod outputs;
mod pass;
mod schemas;
mod tests;
mod texts;

pub(crate) use operation::Draft;

use serde_json::Value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::security::{ApiKey, ApiKeyValue};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::server::{ServerBuilder, ServerVariableBuilder};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, InfoBuilder, LicenseBuilder, OpenApiBuilder, PathItem,
    PathsBuilder, Server,
};

use crate::routes::all;
use operation::Shared;

const ABOUT: &str = "Manages a security team's incident response roster, pages responders, and escalates until \
                     they acknowledge. Sign requests with AWS Signature Version 4 for the service \
                     `execute-api`, or send a bearer token, depending on the stack parameter `AuthMode`.";

fn server() -> Server {
    let variable = |default: &str, about: &str| {
        ServerVariableBuilder::new().default_value(default).description(Some(about))
    };
    ServerBuilder::new()
        .url("https://{api_id}.execute-api.{region}.amazonaws.com")
        .description(Some("The API of a stack (stack output `ApiEndpoint`)."))
        .parameter("api_id", variable("abcde12345", "ID of the HTTP API."))
        .parameter("region", variable("eu-central-1", "AWS Region of the stack."))
        .build()
}

/// The document.
fn document() -> Value {
    let (mut paths, mut shared) = (PathsBuilder::new(), Shared::default());
    for route in all() {
        let method = match route.method {
            "get" => HttpMethod::Get,
            "post" => HttpMethod::Post,
            "put" => HttpMethod::Put,
            "patch" => HttpMethod::Patch,
            "delete" => HttpMethod::Delete,
            other => panic!("{other} has no place in the document"),
        };
        let draft = Draft::new(texts::of(route.method, route.path), &mut shared);
        let operation = (route.describe)(draft).build(route.allowed);
        paths = paths.path(route.path, PathItem::new(method, operation));
    }
    let header = ApiKeyValue::with_description(
        "Authorization",
        "AWS Signature Version 4 for the service `execute-api`.",
    );
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    let mut components = ComponentsBuilder::new()
        .security_scheme("iam", SecurityScheme::ApiKey(ApiKey::Header(header)))
        .security_scheme("token", SecurityScheme::Http(bearer))
        .build();
    for (name, value) in shared.examples {
        let example = ExampleBuilder::new().value(Some(value)).build();
        components.examples.insert(name, example.into());
    }
    let tags = texts::TAGS
        .map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build());
    let info = InfoBuilder::new()
        .title("Muster")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .contact(Some(ContactBuilder::new().name(Some("Muster")).build()))
        .license(Some(
            LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
        ));
    let document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([server()]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components));
    let document = serde_json::to_value(document.build()).unwrap();
    pass::finished(document, shared.schemas.into_iter().collect())
}
