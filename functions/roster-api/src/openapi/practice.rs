//! Drills and Incident Manager, described route by route.

use serde_json::json;

use super::kinds::kind;
use super::operation::{Draft, id, of, page_of, text};
use super::operations::{bodies, stores};
use super::{drills, incident_manager, incidents};
use crate::problem::Problem;
use crate::routes::Route;

/// A route's operation, if it is one of these.
pub(super) fn operation(route: &Route) -> Option<Draft> {
    let draft = match (route.method, route.path) {
        ("post", "/contacts/{id}/channels/{n}/activation") => {
            Draft::new("activateChannel", "Contacts", "Activates a channel in Incident Manager")
                .about("Sends a code to the channel; with the code that its owner read there, activates it.")
                .here(&kind(route.path).unwrap())
                .path("n", text().pattern(Some("^[1-9][0-9]{0,2}$")), "The channel's place in the contact's list, from 1.")
                .body(vec![("application/json", of::<incident_manager::ActivationDraft>(), Some(json!({})))])
                .ok(200, "Done.", of::<incident_manager::Activation>())
                .problems([Problem::not_in_incident_manager()])
                .problems(bodies())
                .problems(stores())
        }
        ("get", "/drills") => Draft::new("listDrills", "Drills", "Drills, newest first")
            .about("The incidents that they opened, which no other list has.")
            .ok(200, "A page.", page_of::<incidents::Incident>())
            .paged(),
        ("post", "/drills") => Draft::new("askDrill", "Drills", "Asks for a drill")
            .about("A synthetic finding takes the real path; every message says that it is a drill. Organisations outside are told nothing.")
            .header(
                "Idempotency-Key",
                text().min_length(Some(1)).max_length(Some(200)).pattern(Some("^[ -~]+$")),
                "Makes a repeated request ask for the same drill, for a day.",
            )
            .body(vec![("application/json", of::<drills::DrillDraft>(), Some(json!({"mode": "dry"})))])
            .ok(202, "It is on its way; its report is there within seconds.", of::<drills::AskedDrill>())
            .answer_header(202, "Location", "The path of its report.")
            .problems([Problem::key_reused(), Problem::changed()])
            .problems(Problem::key(None).err())
            .problems(bodies())
            .problems(stores()),
        ("get", "/drills/{id}") => Draft::new("readDrill", "Drills", "What a drill has shown so far")
            .path("id", id(), "The drill's id.")
            .ok(200, "Who was paged by what, and who answered after how long.", of::<drills::DrillReport>())
            .problems([Problem::not_found("drill")])
            .problems(stores()),
        ("get", "/incident-manager") => {
            Draft::new("readIncidentManager", "Operation", "How far Incident Manager is in step")
                .ok(200, "The last run.", of::<incident_manager::IncidentManagerStanding>())
                .problems(stores())
        }
        _ => return None,
    };
    Some(draft)
}
