//! Every route of the API, described.

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::external::ExternalResourceType;
use muster_domain::roster::hole::Hole;
use muster_domain::roster::role::Role;
use muster_domain::value::incident_type::IncidentType;
use muster_domain::value::severity::Severity;
use serde_json::json;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Array, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::kinds::{Kind, kind};
use super::operation::{Draft, Examples, id, list_of, of, one_of, page_of, text};
use super::{answers, incidents, practice, response_plan, review, roster};
use crate::problem::Problem;
use crate::routes::Route;

/// A fault as an example.
pub(super) fn fault() -> Vec<FieldError> {
    vec![FieldError::new("limit", "must be a whole number from 1 to 200", "50")]
}

fn hole() -> Vec<Hole> {
    vec![Hole::RoleUnfilled { role: Role::IncidentCommander }]
}

/// What goes wrong in any route that asks a table.
pub(super) fn stores() -> [Problem; 2] {
    [Problem::unavailable(), Problem::internal()]
}

/// What may be wrong with a JSON body.
pub(super) fn bodies() -> [Problem; 4] {
    [
        Problem::not_json(1, 9),
        Problem::too_large(),
        Problem::not_a_json_type(),
        Problem::invalid(fault()),
    ]
}

fn whole(least: i64, most: i64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most))
}

impl Draft {
    pub(super) fn paged(self) -> Self {
        self.query("limit", whole(1, 200), "Items of a page; 50 unless given.")
            .query("cursor", text(), "The last page's next_cursor.")
            .problems([Problem::bad_query(fault())])
            .problems(stores())
    }

    pub(super) fn overridable(self) -> Self {
        let flag = one_of(&["true", "false"]);
        self.query("override", flag, "Go ahead although something is left open.")
            .query(
                "reason",
                text().max_length(Some(200)),
                "Why; recorded. Required by override=true.",
            )
            .problems([Problem::bad_query(fault()), Problem::opens(hole())])
    }

    fn conditional(self) -> Self {
        self.header(
            "If-Match",
            text().examples([json!("\"3\"")]),
            "Only if this version is current.",
        )
        .problems([Problem::precondition(Some(3))])
    }

    fn tagged(self, status: u16) -> Self {
        self.answer_header(status, "ETag", "The version, in quotes.")
    }

    pub(super) fn here(self, kind: &Kind) -> Self {
        if kind.only {
            return self;
        }
        self.path("id", id(), &format!("The {}'s id.", kind.what))
            .problems([Problem::not_found(kind.what)])
    }
}

/// The routes that all entries share.
fn entry(route: &Route, kind: Kind) -> Option<Draft> {
    let base = route.path.trim_end_matches("/{id}");
    let one = route.path.ends_with("/{id}") || kind.only;
    let (what, tag) = (kind.what, kind.tag);
    let new = |verb: &str, summary: &str| Draft::new(&format!("{verb}{}", kind.name), tag, summary);
    let draft = match (route.method, base.rsplit('/').next()?) {
        ("get", "changes") => new("historyOf", "Who changed what, oldest first")
            .about("Also of an entry that was deleted. Numbers and addresses are hidden.")
            .here(&kind)
            .ok(200, "The history.", of::<answers::History>())
            .problems(stores()),
        ("post", "erase") => new("erase", "Erases the values in the history; the changes stay")
            .here(&kind)
            .ok(200, "How much was erased.", of::<answers::Erased>())
            .problems(stores()),
        ("post", _) if !one => new("create", &format!("Makes a new {what}"))
            .header(
                "Idempotency-Key",
                text().min_length(Some(1)).max_length(Some(200)).pattern(Some("^[ -~]+$")),
                "Makes a repeated request get the first answer, for a day.",
            )
            .overridable()
            .body(vec![("application/json", kind.draft, None)])
            .ok(201, "Made.", kind.entry)
            .tagged(201)
            .answer_header(201, "Location", "Its path.")
            .problems([Problem::exists(), Problem::key_reused(), Problem::not_found(what)])
            .problems(Problem::key(None).err())
            .problems(bodies())
            .problems(stores()),
        ("get", _) if one => new("read", &format!("One {what}"))
            .here(&kind)
            .ok(200, "It.", kind.entry)
            .tagged(200)
            .problems(stores()),
        ("put", _) if one => new("replace", &format!("Replaces the {what} whole, or makes it"))
            .here(&kind)
            .conditional()
            .header(
                "If-None-Match",
                text().examples([json!("*")]),
                "* for only if there is none yet.",
            )
            .overridable()
            .body(vec![("application/json", kind.draft, None)])
            .ok(200, "Replaced.", kind.entry.clone())
            .tagged(200)
            .ok(201, "Made.", kind.entry)
            .tagged(201)
            .problems([Problem::changed()])
            .problems(bodies())
            .problems(stores()),
        ("patch", _) if one => new("update", &format!("Changes fields of the {what}"))
            .about("A JSON Merge Patch (RFC 7396): null takes a field away.")
            .here(&kind)
            .conditional()
            .overridable()
            .body(
                ["application/json", "application/merge-patch+json"]
                    .map(|media| (media, anything(), Some(json!({}))))
                    .into(),
            )
            .ok(200, "Changed.", kind.entry)
            .tagged(200)
            .problems([Problem::changed()])
            .problems(bodies())
            .problems(stores()),
        ("delete", _) if one => new("delete", &format!("Deletes the {what}"))
            .here(&kind)
            .conditional()
            .overridable()
            .answer(204, "Gone.", vec![])
            .problems([Problem::changed(), Problem::built_in()])
            .problems(stores()),
        ("get", _) if route.path == "/escalation-plans" || route.path == "/external-resources" => {
            let list = new("list", &format!("Every {what}, by id"))
                .query("q", text(), "A part of the name.")
                .ok(200, "A page.", kind.page)
                .paged();
            if route.path == "/escalation-plans" {
                return Some(list);
            }
            let names = ExternalResourceType::ALL.map(ExternalResourceType::name);
            list.query("kind", one_of(&names), "Only of this kind.")
        }
        _ => return None,
    };
    Some(draft)
}

/// Any JSON object.
fn anything() -> RefOr<Schema> {
    Schema::Object(ObjectBuilder::new().build()).into()
}

fn roles() -> ObjectBuilder {
    one_of(&Role::ALL.map(Role::name))
}

fn account() -> ObjectBuilder {
    text().pattern(Some("^[0-9]{12}$")).examples([json!("111122223333")])
}

fn instant(draft: Draft) -> Draft {
    let at = text().format(Some(utoipa::openapi::schema::SchemaFormat::Custom("date-time".into())));
    draft
        .query("incident_type", one_of(&IncidentType::ALL.map(IncidentType::name)), "Of what kind.")
        .query(
            "severity",
            one_of(&Severity::ALL.map(Severity::name)),
            "How serious; high unless given.",
        )
        .query("account", account(), "About which AWS account.")
        .query("at", at, "When; now unless given.")
        .problems([Problem::bad_query(fault())])
        .problems(stores())
}

/// A route's operation.
#[expect(clippy::too_many_lines, reason = "a table, one entry for each route")]
pub(super) fn operation(route: &Route, examples: &mut Examples) -> Operation {
    if let Some(draft) = practice::operation(route)
        .or_else(|| review::operation(route))
        .or_else(|| response_plan::operation(route))
    {
        return draft.build(route.allowed, examples);
    }
    let draft = match (route.method, route.path) {
        ("get", "/contacts") => Draft::new("listContact", "Contacts", "Contacts, by id")
            .about("A page may hold fewer than `limit` and still be followed by another.")
            .query("role", roles(), "Who has this role.")
            .query("level", whole(1, 4), "Who has this escalation level.")
            .query("status", one_of(&["active", "on_leave", "departed"]), "Who stands so.")
            .query("skill", text(), "Who has this skill.")
            .query("account", account(), "Who serves this AWS account.")
            .query("q", text(), "A part of the name.")
            .ok(200, "A page.", page_of::<roster::Contact>())
            .paged(),
        ("post", "/contacts/import") => {
            let csv = "name,role,sms number,primary e-mail,time zone\r\n\
                       Ada Lovelace,incident_commander,+14255550101,ada@example.com,Europe/London\r\n";
            Draft::new("importContacts", "Contacts", "Takes a file of contacts")
                .about(
                    "Every row is checked before the first is written. At most 5 MB and 10,000 rows. After 18 \
                     seconds an import stops with `complete` false: send the same file again, and it goes on \
                     at `next_line`.",
                )
                .query("dry_run", one_of(&["true", "false"]), "Only say what would change.")
                .overridable()
                .body(vec![
                    ("text/csv", Schema::Object(text().build()).into(), Some(csv.into())),
                    ("application/json", list_of::<roster::ContactDraft>(), None),
                ])
                .ok(200, "A line for each row.", of::<answers::Imported>())
                .ok(422, "A line for each row, some with faults; nothing was written.", of::<answers::Imported>())
                .problems([Problem::not_a_sheet(), Problem::too_large_a_file(), Problem::invalid(fault())])
                .problems(stores())
        }
        ("get", "/contacts/export") => Draft::new("exportContacts", "Contacts", "Everybody, as a file")
            .about("Numbers and addresses in full; recorded as a reveal.")
            .query("format", one_of(&["csv", "json", "vcard"]), "csv unless given.")
            .query("cursor", text(), "What a Link header with rel=next of the file before names.")
            .answer(
                200,
                "The file.",
                vec![
                    ("text/csv; charset=utf-8", Schema::Object(text().build()).into()),
                    ("application/json", Schema::Array(Array::default()).into()),
                    ("text/vcard; charset=utf-8", Schema::Object(text().build()).into()),
                ],
            )
            .problems([Problem::bad_query(fault())])
            .problems(stores()),
        ("get", "/contacts/{id}/channels") => Draft::new("revealChannels", "Contacts", "The channels, in full")
            .about("That they were shown, and to whom, is recorded.")
            .here(&kind(route.path).unwrap())
            .ok(200, "The channels.", list_of::<roster::Channel>())
            .problems(stores()),
        ("post", "/contacts/{id}/depart") => Draft::new("departContact", "Contacts", "Lets somebody leave")
            .about("Their backup takes their place wherever they are a backup or are named by a plan.")
            .here(&kind(route.path).unwrap())
            .conditional()
            .overridable()
            .ok(200, "Where they were replaced.", of::<answers::Departed>())
            .problems([Problem::changed()])
            .problems(stores()),
        ("post", "/external-resources/starters") => {
            Draft::new("startExternalResources", "External resources", "Makes the starter entries")
                .about("AWS Support, the Customer Incident Response Team, the Shield Response Team and AMS, where they are missing.")
                .ok(200, "Which were made, and which were there.", of::<answers::Started>())
                .problems(stores())
        }
        ("get", "/roles") => Draft::new("listRoles", "Roles", "The seven roles")
            .ok(200, "The roles.", list_of::<answers::DescribedRole>()),
        ("get", "/changes") => Draft::new("listChanges", "Changes", "Changes of all entries, newest first")
            .ok(200, "A page.", page_of::<answers::Change>())
            .paged(),
        ("get", "/team") => instant(
            Draft::new("previewTeam", "Preview", "Whom the first step would page, and why")
                .ok(200, "The team.", of::<answers::Team>()),
        ),
        ("post", "/simulate") => instant(
            Draft::new("simulate", "Preview", "The whole course that a finding would take")
                .about("An EventBridge event in; nothing is written and nothing is sent.")
                .body(vec![("application/json", anything(), Some(finding()))])
                .ok(200, "The course of each finding.", list_of::<answers::Simulated>())
                .problems(bodies()),
        ),
        ("get", "/incidents") => Draft::new("listIncidents", "Incidents", "Incidents, newest first")
            .ok(200, "A page.", page_of::<incidents::Incident>())
            .paged(),
        ("get", "/incidents/{id}") => answered(Draft::new("readIncident", "Incidents", "One, with its timeline"))
            .ok(200, "It.", of::<incidents::IncidentWithTimeline>()),
        ("post", "/incidents/{id}/acknowledge") => {
            answered(Draft::new("acknowledgeIncident", "Incidents", "Stops paging at the next step"))
                .ok(200, "The incident. Twice is once.", of::<incidents::Incident>())
                .problems([Problem::resolved(), Problem::changed()])
        }
        ("post", "/incidents/{id}/resolve") => {
            answered(Draft::new("resolveIncident", "Incidents", "Ends it"))
                .ok(200, "The incident. Twice is once.", of::<incidents::Incident>())
                .problems([Problem::changed()])
        }
        ("get", "/readiness") => Draft::new("readReadiness", "Operation", "Whether Muster can page")
            .ok(200, "Each part, looked at.", of::<answers::Readiness>()),
        ("get", "/openapi.json") => Draft::new("readDocument", "Operation", "This document")
            .ok(200, "It.", anything()),
        ("get", "/health") => Draft::new("readHealth", "Operation", "Alive, for anybody")
            .ok(200, "Alive.", of::<answers::Alive>()),
        ("get" | "post", "/ack/{token}") => {
            let (name, about) = match route.method {
                "get" => ("showLink", "The incident behind the link in a page, and a button"),
                _ => ("useLink", "The button: acknowledges in its owner's name"),
            };
            let page = |draft: Draft, status, about: &str| {
                let html = Schema::Object(text().build()).into();
                draft.answer(status, about, vec![("text/html; charset=utf-8", html)])
            };
            let draft = Draft::new(name, "Links", about)
                .path("token", text().pattern(Some("^[A-Za-z0-9_-]{1,64}$")), "The link's token.")
                .problems([Problem::no_route()]);
            let draft = page(draft, 200, "A page for people.");
            let draft = page(draft, 404, "No such link.");
            let draft = page(draft, 410, "The link has ended, or was used.");
            let draft = page(draft, 409, "The incident is over.");
            page(page(draft, 503, "Try again."), 500, "Try again.")
        }
        (_, path) => {
            let kind = kind(path).unwrap_or_else(|| panic!("{path} is not described"));
            entry(route, kind).unwrap_or_else(|| panic!("{path} is not described"))
        }
    };
    draft.build(route.allowed, examples)
}

fn answered(draft: Draft) -> Draft {
    draft
        .path("id", id(), "The incident's id.")
        .problems([Problem::not_found("incident")])
        .problems(stores())
}

fn finding() -> serde_json::Value {
    let text = include_str!("../../../../events/guardduty/high-crypto-mining.json");
    serde_json::from_str(text).unwrap()
}
