//! The link of a digest: one page that lists its incidents, and one button that acknowledges all still open.

use axum::http::StatusCode;
use axum::response::Response;
use futures::StreamExt as _;
use jiff::Timestamp;
use muster_domain::incident::digest::still_wants;
use muster_domain::incident::{Actor, Incident, IncidentStatus as Standing};
use muster_domain::message::page::shown;
use muster_domain::value::id::IncidentId;
use muster_domain::value::recipient::Recipient;
use muster_domain::value::text::escape;
use muster_runtime::error::AwsError;
use muster_store::incidents::LinkToken;

use super::{sorry, unknown};
use crate::App;
use crate::http::html::page;
use crate::incidents::take_up;

/// How many incidents are read or acknowledged at a time.
const AT_ONCE: usize = 16;

/// Returns the link's incidents that there are, in the order of the message.
async fn incidents(app: &App, link: &LinkToken) -> Result<Vec<Incident>, AwsError> {
    let ids: Vec<IncidentId> = link.incidents().cloned().collect();
    let read = async |id: IncidentId| app.incidents.incident(&id).await;
    let found: Vec<_> = futures::stream::iter(ids).map(read).buffered(AT_ONCE).collect().await;
    found.into_iter().filter_map(Result::transpose).collect()
}

/// Returns the page of a digest's link.
pub(super) async fn show(app: &App, link: &LinkToken) -> Response {
    match incidents(app, link).await {
        Err(error) => sorry(error.into()),
        Ok(found) if found.is_empty() => unknown(),
        Ok(found) => listed(StatusCode::OK, link, &found),
    }
}

/// Acknowledges all that is still open. The token is used up once all are: who presses again after a failure
/// acknowledges the rest, and nothing twice.
pub(super) async fn act(app: &App, link: &LinkToken, digest: &str) -> Response {
    let found = match incidents(app, link).await {
        Err(error) => return sorry(error.into()),
        Ok(found) if found.is_empty() => return unknown(),
        Ok(found) => found,
    };
    if link.used_at.is_some() {
        return listed(StatusCode::GONE, link, &found);
    }
    if found.iter().all(|incident| incident.status == Standing::Resolved) {
        return listed(StatusCode::CONFLICT, link, &found);
    }
    let by = &Actor::Contact { contact: link.contact.clone() };
    let one = async |incident: Incident| {
        if !still_wants(&incident, &Recipient::from(&link.contact)) {
            return Ok(incident);
        }
        match take_up(app, &incident.id, by, None).await {
            Ok(after) => Ok(after),
            // Resolved at this moment: there is nothing to acknowledge.
            Err(problem) => match app.incidents.incident(&incident.id).await {
                Ok(Some(now)) if now.status == Standing::Resolved => Ok(now),
                _ => Err(problem),
            },
        }
    };
    let ends: Vec<_> = futures::stream::iter(found).map(one).buffered(AT_ONCE).collect().await;
    let mut after = Vec::new();
    for end in ends {
        match end {
            Ok(incident) => after.push(incident),
            Err(problem) => return sorry(problem),
        }
    }
    if let Err(error) = app.incidents.answers().use_link(digest, Timestamp::now()).await {
        // All are acknowledged: another press changes nothing.
        tracing::warn!(reason = %error, "a digest's link stays usable");
    }
    listed(StatusCode::OK, link, &after)
}

fn listed(status: StatusCode, link: &LinkToken, incidents: &[Incident]) -> Response {
    let entry = |incident: &Incident| {
        let standing = match incident.status {
            Standing::Resolved => "resolved",
            _ if incident.acknowledged_by(&link.contact) => "you acknowledged it",
            Standing::Acknowledged => "acknowledged",
            Standing::Open => "open",
        };
        format!(
            "<li><strong>{}: {}</strong> in account {} ({}): {}. Incident {}, {standing}.</li>",
            incident.severity.shout(),
            incident.r#type.words(),
            escape(&shown(&incident.account)),
            escape(&shown(&incident.region)),
            escape(&shown(&incident.title)),
            incident.id,
        )
    };
    let list: String = incidents.iter().map(entry).collect();
    let plural = if incidents.len() == 1 { "" } else { "s" };
    let title = format!("{} incident{plural}", incidents.len());
    page(status, &title, &format!("<ul>{list}</ul>{}", answer(link, incidents)))
}

/// Returns the button, or why there is none.
fn answer(link: &LinkToken, incidents: &[Incident]) -> String {
    let mine = |incident: &Incident| incident.acknowledged_by(&link.contact);
    let wanting =
        incidents.iter().filter(|i| still_wants(i, &Recipient::from(&link.contact))).count();
    match wanting {
        0 if incidents.iter().any(mine) => {
            "<p role=\"status\"><strong>You acknowledged these incidents.</strong></p>".to_owned()
        }
        0 => "<p role=\"status\"><strong>No incident is waiting for you.</strong></p>".to_owned(),
        // An incident paged again after this link had acknowledged it.
        _ if link.used_at.is_some() => "<p role=\"status\"><strong>This link was used.</strong> \
             Open the newest message about each open incident.</p>"
            .to_owned(),
        1 => "<form method=\"post\"><button>Acknowledge 1 incident</button></form>".to_owned(),
        more => {
            format!("<form method=\"post\"><button>Acknowledge {more} incidents</button></form>")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::incident_page::tests::{incident, link};
    use super::*;

    #[test]
    fn a_used_link_has_no_button_once_an_incident_pages_again() {
        let ada = link("ada");
        let used = LinkToken { used_at: Some(Timestamp::UNIX_EPOCH), ..ada.clone() };
        let by = Actor::Contact { contact: ada.contact.clone() };
        let at = incident().opened_at;
        let acknowledged = incident().acknowledge(by, at).unwrap().unwrap();
        let again = [acknowledged.clone(), acknowledged.lapse(at)];
        let told = answer(&used, &again);
        assert!(told.contains("This link was used.") && !told.contains("<button>"), "{told}");
        assert!(answer(&ada, &again).contains("<button>Acknowledge 1 incident</button>"));
        let done = answer(&used, &[acknowledged]);
        assert!(done.contains("You acknowledged these incidents."), "{done}");
    }
}
