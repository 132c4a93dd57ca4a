//! Shapes that no type of the code has: those of the gateway, and of values that can be any object.

use std::borrow::Cow;

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::answer::View;
use crate::http::paging::Page;
use crate::roster::preview::EventBridgeEvent;

/// Error returned by API Gateway.
#[derive(ToSchema)]
#[schema(example = json!({"message": "Forbidden"}))]
#[expect(dead_code, reason = "only its shape is described")]
pub(super) struct GatewayMessage {
    /// Reason of the error.
    message: String,
}

/// A problem, or the message of API Gateway.
pub(super) struct Refusal;

impl PartialSchema for Refusal {
    fn schema() -> RefOr<Schema> {
        let one = OneOfBuilder::new()
            .item(Ref::from_schema_name("Problem"))
            .item(Ref::from_schema_name("GatewayMessage"))
            .description(Some("A problem, or the message of API Gateway."));
        Schema::OneOf(one.build()).into()
    }
}

impl ToSchema for Refusal {}

impl<E: ToSchema> PartialSchema for View<E> {
    fn schema() -> RefOr<Schema> {
        E::schema()
    }
}

impl<E: ToSchema> ToSchema for View<E> {
    fn name() -> Cow<'static, str> {
        E::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        E::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("Items of the page."));
        let cursor = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Cursor for the next page. Omitted on the last page."));
        let page = ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("items", items)
            .required("items")
            .property("next_cursor", cursor);
        Schema::Object(page.build()).into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// An object with any fields.
fn any_object(about: &str) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .description(Some(about))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)));
    Schema::Object(object.build()).into()
}

/// This document.
pub(super) struct OpenApiDocument;

impl PartialSchema for OpenApiDocument {
    fn schema() -> RefOr<Schema> {
        any_object("An OpenAPI 3.1 document.")
    }
}

impl ToSchema for OpenApiDocument {}

impl PartialSchema for EventBridgeEvent {
    fn schema() -> RefOr<Schema> {
        any_object("An EventBridge event with findings of GuardDuty or Security Hub.")
    }
}

impl ToSchema for EventBridgeEvent {}

/// The fields of the review page's form. Which are sent depends on `do`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is described")]
pub(super) struct ReviewForm {
    /// Action of the button, such as `confirm`, `correct`, or `departure`.
    r#do: String,
    /// Version of the entry that the page showed.
    version: Option<String>,
    /// Comment. At most 1,000 characters.
    note: Option<String>,
}
