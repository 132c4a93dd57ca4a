//! Schemas of fields that take one word, or a word for each category of findings.

use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::roster::policy::{ClosedAtSourceAction, Threshold};

/// Minimum severity for threats alone, or for each category of findings.
pub(super) struct PagingThresholdsInput;

/// Action for all findings, or for each category of findings.
pub(super) struct ClosedAtSourceActionsInput;

fn either<T: ToSchema>(about: &str, one: &str, each: &str, categories: &[(&str, &str)]) -> Schema {
    let word = |about: &str| {
        Ref::builder().ref_location_from_schema_name(T::name()).description(Some(about))
    };
    let mut object = ObjectBuilder::new().description(Some(each));
    object = object.additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for (name, about) in categories {
        object = object.property(*name, word(about));
    }
    OneOfBuilder::new().description(Some(about)).item(word(one)).item(object).into()
}

fn with<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into(), T::schema()));
    T::schemas(schemas);
}

impl PartialSchema for PagingThresholdsInput {
    fn schema() -> RefOr<Schema> {
        let schema = either::<Threshold>(
            "Minimum severity that pages contacts: for threats alone, or for each category of findings.",
            "Minimum severity for threats. The other categories keep their values.",
            "Minimum severity for each category of findings. Omitted categories use defaults.",
            &[
                ("threats", "Minimum severity for threats. Default: `medium`."),
                (
                    "vulnerabilities",
                    "Minimum severity for vulnerabilities without a known exploit. Default: `critical`.",
                ),
                (
                    "exploited_vulnerabilities",
                    "Minimum severity for vulnerabilities with a known exploit. Default: `high`.",
                ),
                ("controls", "Minimum severity for controls. Default: `never`."),
            ],
        );
        schema.into()
    }
}

impl ToSchema for PagingThresholdsInput {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        with::<Threshold>(schemas);
    }
}

impl PartialSchema for ClosedAtSourceActionsInput {
    fn schema() -> RefOr<Schema> {
        let schema = either::<ClosedAtSourceAction>(
            "Action after the source closed the findings of an incident: for all findings, or for each category.",
            "Action for all categories of findings.",
            "Action for each category of findings. Omitted categories use defaults.",
            &[
                ("threats", "Action for threats. Default: `notify`."),
                ("vulnerabilities", "Action for vulnerabilities. Default: `stop_paging`."),
                ("controls", "Action for controls. Default: `stop_paging`."),
            ],
        );
        schema.into()
    }
}

impl ToSchema for ClosedAtSourceActionsInput {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        with::<ClosedAtSourceAction>(schemas);
    }
}
