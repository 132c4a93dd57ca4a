//! The filters of Security Hub's two lists of findings.

use serde_json::Value;

use super::Fault;
use super::lists::{field, number, text};

/// Most attributes of one question, and most filters of one attribute (documentation of `Filters`).
const MOST_ATTRIBUTES: usize = 10;
const MOST_FILTERS: usize = 20;
/// The filters that we know, with the fields of ASFF that they look at.
const ASFF: [(&str, &str); 15] = [
    ("AwsAccountId", "AwsAccountId"),
    ("ComplianceStatus", "Compliance.Status"),
    ("CreatedAt", "CreatedAt"),
    ("Id", "Id"),
    ("LastObservedAt", "LastObservedAt"),
    ("ProductArn", "ProductArn"),
    ("ProductName", "ProductName"),
    ("RecordState", "RecordState"),
    ("Region", "Region"),
    ("ResourceId", "Resources.Id"),
    ("SeverityLabel", "Severity.Label"),
    ("Title", "Title"),
    ("Type", "Types"),
    ("UpdatedAt", "UpdatedAt"),
    ("WorkflowStatus", "Workflow.Status"),
];

/// A filter that cannot be answered.
#[derive(Debug)]
pub(super) enum Bad {
    /// The service would refuse it.
    Invalid(String),
    /// The service knows it, and we do not.
    Unsupported(String),
}

impl Bad {
    pub(super) fn into_fault(self, invalid: fn(String) -> Fault) -> Fault {
        match self {
            Self::Invalid(why) => invalid(why),
            Self::Unsupported(what) => Fault::unsupported(&what),
        }
    }
}

/// Whether a finding in ASFF meets the filters of all attributes.
pub(super) fn asff(filters: &Value, finding: &Value) -> Result<bool, Bad> {
    let filters = filters.as_object();
    if filters.is_some_and(|filters| filters.len() > MOST_ATTRIBUTES) {
        return Err(Bad::Invalid(format!("more than {MOST_ATTRIBUTES} attributes in Filters")));
    }
    let mut meant = true;
    for (name, filters) in filters.into_iter().flatten() {
        let known = ASFF.iter().find(|(filter, _)| filter == name);
        let (_, path) = known.ok_or_else(|| Bad::Unsupported(format!("the filter {name}")))?;
        let filters = filters.as_array().map_or(&[][..], Vec::as_slice);
        if filters.len() > MOST_FILTERS {
            return Err(Bad::Invalid(format!("more than {MOST_FILTERS} filters of {name}")));
        }
        let values = field(finding, path);
        // Filters that look for something are joined by OR, those that exclude by AND.
        let (mut looked, mut found, mut excluded) = (false, false, false);
        for filter in filters {
            let comparison = filter["Comparison"].as_str().unwrap_or("DATE");
            let holds = holds(filter, comparison, &values)?;
            if comparison.contains("NOT_") {
                excluded |= !holds;
            } else {
                (looked, found) = (true, found | holds);
            }
        }
        meant &= (found || !looked) && !excluded;
    }
    Ok(meant)
}

/// Whether a finding in OCSF meets the composite filters.
pub(super) fn composite(filters: &Value, finding: &Value) -> Result<bool, Bad> {
    let all = filters["CompositeFilters"].as_array().map_or(&[][..], Vec::as_slice);
    if all.len() > MOST_ATTRIBUTES {
        return Err(Bad::Invalid(format!("more than {MOST_ATTRIBUTES} composite filters")));
    }
    let parts = all.iter().map(|filter| {
        let mut parts = Vec::new();
        for (kind, list) in filter.as_object().into_iter().flatten() {
            if kind == "Operator" {
                continue;
            }
            if !["StringFilters", "DateFilters", "NumberFilters", "BooleanFilters"]
                .contains(&kind.as_str())
            {
                return Err(Bad::Unsupported(kind.clone()));
            }
            let list = list.as_array().map_or(&[][..], Vec::as_slice);
            if list.len() > MOST_FILTERS {
                return Err(Bad::Invalid(format!("more than {MOST_FILTERS} {kind}")));
            }
            for one in list {
                let name = one["FieldName"].as_str().unwrap_or_default();
                let filter = &one["Filter"];
                let comparison = match kind.as_str() {
                    "StringFilters" => filter["Comparison"].as_str().unwrap_or("EQUALS"),
                    "DateFilters" => "DATE",
                    "NumberFilters" => "NUMBER",
                    _ => "EQUALS",
                };
                parts.push(holds(filter, comparison, &ocsf(finding, name))?);
            }
        }
        Ok(joined(&filter["Operator"], &parts))
    });
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    Ok(joined(&filters["CompositeOperator"], &parts))
}

/// A field of OCSF; a moment is written, in `…_dt`, or in milliseconds in the field without that.
fn ocsf<'a>(finding: &'a Value, name: &str) -> Vec<&'a Value> {
    let found = field(finding, name);
    match name.strip_suffix("_dt") {
        Some(name) if found.is_empty() => field(finding, name),
        _ => found,
    }
}

/// Nothing to join leaves everything in.
fn joined(operator: &Value, parts: &[bool]) -> bool {
    let any = operator == "OR" && !parts.is_empty();
    if any { parts.contains(&true) } else { !parts.contains(&false) }
}

/// Whether one filter holds of a field's values: for a comparison that excludes, of all of them.
fn holds(filter: &Value, comparison: &str, values: &[&Value]) -> Result<bool, Bad> {
    let wanted = text(&filter["Value"]);
    let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|value| test(&text(value)));
    Ok(match comparison {
        "EQUALS" => any(&|value| value == wanted),
        "PREFIX" => any(&|value| value.starts_with(&wanted)),
        "CONTAINS" => any(&|value| value.contains(&wanted)),
        "NOT_EQUALS" => !any(&|value| value == wanted),
        "PREFIX_NOT_EQUALS" => !any(&|value| value.starts_with(&wanted)),
        "NOT_CONTAINS" => !any(&|value| value.contains(&wanted)),
        "DATE" => {
            let (start, end) = (moment(&filter["Start"])?, moment(&filter["End"])?);
            if start.or(end).is_none() {
                return Err(Bad::Unsupported("a date without Start and End".to_owned()));
            }
            let within =
                |at: f64| start.is_none_or(|start| at >= start) && end.is_none_or(|end| at <= end);
            values.iter().filter_map(|value| number(value)).any(within)
        }
        "NUMBER" => {
            let bound = |name: &str| filter[name].as_f64();
            let within = |at: f64| {
                bound("Gte").is_none_or(|bound| at >= bound)
                    && bound("Gt").is_none_or(|bound| at > bound)
                    && bound("Lte").is_none_or(|bound| at <= bound)
                    && bound("Lt").is_none_or(|bound| at < bound)
                    && bound("Eq").is_none_or(|bound| (at - bound).abs() < f64::EPSILON)
            };
            values.iter().filter_map(|value| number(value)).any(within)
        }
        other => return Err(Bad::Unsupported(format!("the comparison {other}"))),
    })
}

fn moment(text: &Value) -> Result<Option<f64>, Bad> {
    if text.is_null() {
        return Ok(None);
    }
    let moment = number(text).ok_or_else(|| Bad::Invalid(format!("{text} is no timestamp")))?;
    Ok(Some(moment))
}
