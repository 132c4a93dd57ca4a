//! The words about the response plan, and about Muster itself.

use super::Text;

/// The words about a route of these, if it is one.
pub(super) fn text(method: &str, path: &str) -> Option<Text> {
    const TAG: &str = "Operations";
    const PLAN: &str = "Response plan";
    Some(match (method, path) {
        ("get", "/response-plan") => Text::new(
            "getResponsePlan",
            PLAN,
            "Get the incident response plan",
            "Generates the plan from the current roster and settings. The HTML format is one self-contained file \
             for printing.",
            &[(200, "The incident response plan.")],
        ),
        ("get", "/response-plan/check") => Text::new(
            "checkResponsePlan",
            PLAN,
            "Check the incident response plan",
            "Returns issues in the plan, most severe first.",
            &[(200, "The issues in the plan.")],
        ),
        ("get", "/evidence") => Text::new(
            "getEvidencePackage",
            PLAN,
            "Download the evidence package",
            "Returns a ZIP file with the response plan, RACI chart, check results, roster, reviews, drills, and \
             changes, and their SHA-256 digests. Phone numbers and email addresses are masked.",
            &[(200, "The evidence package (ZIP).")],
        ),
        ("get", "/incident-manager") => Text::new(
            "getIncidentManagerStatus",
            TAG,
            "Get Incident Manager sync status",
            "Returns the last full sync: drift, failures, manual edits that were kept, and channels that are not \
             activated.",
            &[(200, "The result of the last full sync.")],
        ),
        ("get", "/readiness") => Text::new(
            "getReadiness",
            TAG,
            "Check readiness",
            "Checks whether Muster can page. Returns components that need action first, each with a link to the \
             AWS console.",
            &[(200, "The result for each component.")],
        ),
        ("get", "/openapi.json") => Text::new(
            "getOpenApiDocument",
            TAG,
            "Get the OpenAPI document",
            "Returns this document, as OpenAPI 3.1 in JSON.",
            &[(200, "The OpenAPI document.")],
        ),
        ("get", "/health") => Text::new(
            "getHealth",
            TAG,
            "Check that the API responds",
            "Requires no authentication and checks no dependencies.",
            &[(200, "The API responds.")],
        ),
        _ => return None,
    })
}
