//! The plan's sections about organizations outside, and what they must be told by when.

use super::Sources;
use crate::document::Document;
use crate::roster::external::ExternalResource;
use crate::value::availability::hours;

pub(super) fn sections(plan: &mut Document, sources: &Sources<'_>) {
    plan.section("External resources");
    if sources.resources.is_empty() {
        plan.text("None is in the roster: POST /external-resources/starters brings those of AWS.");
    }
    let row = |resource: &ExternalResource| {
        let reach = [
            resource.contact_phone.as_ref().map(|phone| phone.as_str().to_owned()),
            resource.contact_email.as_ref().map(|email| email.as_str().to_owned()),
            resource.portal_url.as_ref().map(|portal| portal.as_str().to_owned()),
        ];
        vec![
            resource.organization.clone(),
            resource.r#type.name().replace('_', " "),
            resource.service_type.clone().unwrap_or_default(),
            hours(&resource.availability),
            resource.contract_number.clone().unwrap_or_default(),
            reach.into_iter().flatten().collect::<Vec<_>>().join("\n"),
        ]
    };
    let head = ["Organisation", "Kind", "Service", "Hours", "Contract", "How to reach them"];
    plan.table("Organisations that help", &head, sources.resources.iter().map(row).collect());
    plan.section("Notification duties");
    let duties = sources.resources.iter().flat_map(|resource| {
        resource.notification_obligations.iter().map(move |duty| {
            let kinds: Vec<_> = duty.incident_types.iter().map(|kind| kind.words()).collect();
            let owner = resource.owner.as_ref().and_then(|id| sources.here(id));
            vec![
                resource.organization.clone(),
                kinds.join(", "),
                format!("{} hours", duty.within_hours),
                owner.map_or("nobody", |contact| contact.name.as_str()).to_owned(),
            ]
        })
    });
    let duties: Vec<_> = duties.collect();
    if duties.is_empty() {
        plan.text("None is in the roster. Ask counsel which laws and contracts apply.");
    } else {
        plan.text(
            "The clock starts when an incident of the kind opens. Counsel, communications and the owner are \
             told at the start, at half time and when a twelfth of the time is left.",
        );
    }
    let head = ["Who must be told", "Of what", "Within", "Owner"];
    plan.table("Duties", &head, duties);
}
