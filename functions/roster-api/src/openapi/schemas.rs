//! Shapes that no type of the code has: those of the gateway, and of values that can be any object.

use std::borrow::Cow;

use muster_domain::value::channel::ChannelType;
use muster_domain::value::limits::MAX_NOTE;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::answer::View;
use crate::http::paging::Page;
use crate::reviews::pages::{Deed, Filled, Part, corrected_fields};
use crate::roster::preview::EventBridgeEvent;

/// Error returned by API Gateway.
#[derive(ToSchema)]
#[schema(example = json!({"message": "Forbidden"}))]
#[expect(dead_code, reason = "only its shape is described")]
pub(super) struct GatewayMessage {
    /// Reason of the error.
    message: String,
}

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
            .description(Some("Cursor for the next page. Omitted on the last page."))
            .examples(["Y29udGFjdCNhZGEtbG92ZWxhY2U"]);
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

/// A field of the review page's form that is not a field of an entry.
fn part(part: Part) -> RefOr<Schema> {
    let about =
        |about: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    let text = match part {
        Part::Do => {
            let deeds = Deed::ALL.map(Deed::name);
            about("Action of the button.").enum_values(Some(deeds)).examples(["confirm"])
        }
        Part::Version => {
            about("Version of the entry that the page showed. For `confirm`.").examples(["3"])
        }
        Part::Note => about("Comment. For `correct` and `departure`.")
            .max_length(Some(MAX_NOTE))
            .examples(["I moved to the network team."]),
        Part::Channel => {
            about("Key of the channel that the page showed. For `prove`, `replace`, and `code`.")
                .examples(["Zm9vYmFy"])
        }
        Part::Address => {
            about("New phone number, email address, or webhook URL. For `replace` and `add`.")
                .examples(["+14255550101"])
        }
        Part::Type => about("Type of the new channel. For `add`.")
            .enum_values(Some(ChannelType::ALL.map(ChannelType::name))),
        Part::Code => {
            about("Code from a message or call. Spaces are ignored. For `code` and `arrived`.")
                .examples(["123456"])
        }
    };
    Schema::Object(text.build()).into()
}

impl PartialSchema for Filled {
    fn schema() -> RefOr<Schema> {
        let form = ObjectBuilder::new()
            .description(Some(
                "Fields of the review page's form. The action `do` determines which are read.",
            ))
            .required(Part::Do.name());
        let form = Part::ALL
            .into_iter()
            .fold(form, |form, field| form.property(field.name(), part(field)));
        let form = corrected_fields().fold(form, |form, name| {
            let about =
                format!("New value of the field `{name}`. Empty: removes it. For `correct`.");
            let text = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
            form.property(name, text)
        });
        Schema::Object(form.build()).into()
    }
}

impl ToSchema for Filled {
    fn name() -> Cow<'static, str> {
        "ReviewForm".into()
    }
}
