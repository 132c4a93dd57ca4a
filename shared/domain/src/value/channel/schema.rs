//! Schema of a channel: an address has the form that its type asks for.

use utoipa::openapi::schema::SchemaFormat;
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::webhook::MAX_WEBHOOK_URL;
use super::{Channel, ChannelType, PHONE_DIGITS};
use crate::value::schema;

fn of(r#type: ChannelType, about: &str, address: ObjectBuilder) -> ObjectBuilder {
    let word = schema::word("Type of the channel.", [r#type.name()]);
    let channel = ObjectBuilder::new().property("type", word).required("type");
    channel.property("address", address).required("address").description(Some(about))
}

fn phone() -> ObjectBuilder {
    let digits = format!("^[+][0-9]{{{},{}}}$", PHONE_DIGITS.start(), PHONE_DIGITS.end());
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(digits));
    let text = text.format(Some(SchemaFormat::Custom("e164".to_owned())));
    text.description(Some("Phone number in E.164 format.")).examples(["+14255550101"])
}

fn email() -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let text = text.format(Some(SchemaFormat::Custom("email".to_owned())));
    let about = "A single email address without a display name.";
    text.description(Some(about)).examples(["ada@example.com"])
}

fn url() -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX_WEBHOOK_URL));
    let text = text.format(Some(SchemaFormat::Custom("uri".to_owned())));
    let about = "An `https` URL of a public host. Requests are signed (Standard Webhooks).";
    text.description(Some(about)).examples(["https://hooks.example.com/services/example"])
}

impl PartialSchema for Channel {
    fn schema() -> RefOr<Schema> {
        let about = "A channel on which a contact receives messages.";
        let channel = OneOfBuilder::new().description(Some(about));
        let channel = channel.item(of(ChannelType::Email, "Email.", email()));
        let channel = channel.item(of(ChannelType::Sms, "Text message (SMS).", phone()));
        let channel = channel.item(of(ChannelType::Voice, "Phone call (voice).", phone()));
        channel.item(of(ChannelType::Webhook, "Webhook.", url())).into()
    }
}

impl ToSchema for Channel {}
