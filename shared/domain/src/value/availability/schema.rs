//! Schemas of availabilities: texts with a form of their own, and one of two shapes.

use utoipa::openapi::{ArrayBuilder, OneOfBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{Availability, Clock, Window, always};
use crate::value::limits::MAX_LIST;
use crate::value::schema;

impl PartialSchema for Clock {
    fn schema() -> RefOr<Schema> {
        let pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$";
        schema::text("Local time of day, `00:00` to `24:00`.", pattern, "22:00")
    }
}

impl ToSchema for Clock {
    fn name() -> std::borrow::Cow<'static, str> {
        "LocalTime".into()
    }
}

impl PartialSchema for Availability {
    fn schema() -> RefOr<Schema> {
        let window = Ref::from_schema_name(Window::name());
        let windows = ArrayBuilder::new().items(window).min_items(Some(1));
        let about = "Weekly windows in the contact's time zone.";
        let windows = windows.max_items(Some(MAX_LIST)).description(Some(about));
        let either = OneOfBuilder::new().description(Some("`24/7`, or weekly windows."));
        either.item(schema::word("Available at all times.", [always::TEXT])).item(windows).into()
    }
}

impl ToSchema for Availability {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Window::name().into(), Window::schema()));
        Window::schemas(schemas);
    }
}
