//! What each extractor takes from a request.

use axum::extract::State;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat};

use muster_domain::roster::contact::draft::ContactInput;
use muster_domain::roster::external::ExternalResourceType;
use muster_domain::roster::role::Role;
use muster_domain::value::incident_type::IncidentType;
use muster_domain::value::severity::Severity;

use super::example::SHEET;
use super::handler::Input;
use super::operation::{Draft, flag, id, integer, text};
use super::texts::{error, hole};
use crate::App;
use crate::http::caller::Caller;
use crate::http::format::Format;
use crate::http::paging::{DEFAULT_LIMIT, KindFilter, MOST, NameFilter, Paging};
use crate::http::precondition::Precondition;
use crate::http::problem::{MOST_KEY, Problem};
use crate::http::request::{
    At, Body, ChannelPath, IdOf, IdempotencyKey, Noun, ObligationPath, Patch, PathText,
};
use crate::reports::evidence::AsOf;
use crate::reviews::pages::Filled;
use crate::roster::entries::Served;
use crate::roster::export::{FileFormat, Wanted};
use crate::roster::filter::{Filter, StatusFilter};
use crate::roster::gaps::AllowGaps;
use crate::roster::preview::Asked;
use crate::roster::transfer::{ContactFile, DryRun};

fn account() -> ObjectBuilder {
    text().pattern(Some("^[0-9]{12}$")).examples([json!("111122223333")])
}

fn format(name: &str) -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom(name.to_owned())))
}

fn bodies(draft: Draft<'_>) -> Draft<'_> {
    draft.problems([
        Problem::not_json(1, 9),
        Problem::too_large(),
        Problem::not_a_json_type(),
        Problem::invalid(error()),
    ])
}

impl Input for State<App> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.problems([Problem::unavailable(), Problem::internal()])
    }
}

impl Input for Caller {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft
    }
}

impl Input for Paging {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let about = format!(
            "Maximum number of items to return. Default: {DEFAULT_LIMIT}. Maximum: {MOST}."
        );
        draft
            .query("limit", integer(1, MOST.into()), &about)
            .query("cursor", text(), "The `next_cursor` value of the previous page.")
            .problems([Problem::bad_query(error())])
    }
}

impl Input for Filter {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft
            .query_of::<Role>("role", "Return only contacts with this role.")
            .query(
                "escalation_level",
                integer(1, 4),
                "Return only contacts with this escalation level.",
            )
            .query_of::<StatusFilter>("status", "Return only contacts with this status.")
            .query("skill", text(), "Return only contacts with this skill.")
            .query("account", account(), "Return only contacts who support this AWS account.")
            .query("q", text(), "Return only entries whose name contains this text.")
    }
}

impl Input for NameFilter {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft.query("q", text(), "Return only entries whose name contains this text.")
    }
}

impl Input for KindFilter {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let about = "Return only external resources of this type.";
        draft.query_of::<ExternalResourceType>("type", about)
    }
}

impl<E: Served> Input for At<E> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        if E::ONLY.is_some() {
            return draft;
        }
        draft
            .path("id", id(), &format!("The {} ID.", E::WHAT))
            .problems([Problem::not_found(E::WHAT)])
    }
}

impl<N: Noun> Input for IdOf<N> {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft
            .path("id", id(), &format!("The {} ID.", N::WHAT))
            .problems([Problem::not_found(N::WHAT)])
    }
}

impl Input for PathText {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let token = text().pattern(Some("^[A-Za-z0-9_-]{1,64}$"));
        draft
            .path("token", token, "The token from the link in the message.")
            .problems([Problem::no_route()])
    }
}

impl Input for ObligationPath {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft
            .path("id", id(), "The incident ID.")
            .path("resource", id(), "The external resource ID.")
            .problems([Problem::not_found("notification obligation")])
    }
}

impl Input for ChannelPath {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let about = "Position of the channel in the contact's list (1-based).";
        draft
            .path("id", id(), "The contact ID.")
            .path("position", text().pattern(Some("^[1-9][0-9]{0,2}$")), about)
            .problems([Problem::not_found("channel")])
    }
}

impl Input for Precondition {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let (version, none) = (json!("\"3\""), json!("*"));
        draft
            .header(
                "If-Match",
                text().examples([version]),
                "Apply the change only if this version (ETag) is current.",
            )
            .header(
                "If-None-Match",
                text().examples([none]),
                "Set to `*` to create the entry only if it does not exist.",
            )
            .problems([Problem::precondition(Some(3)), Problem::changed()])
    }
}

impl Input for AllowGaps {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let reason = text().max_length(Some(muster_domain::value::text::MAX_TEXT));
        draft
            .query(
                "allow_gaps",
                flag(),
                "Set to `true` to apply the change even if it creates coverage gaps.",
            )
            .query(
                "reason",
                reason,
                "Reason for accepting the gaps. Recorded in the change history. Required if \
                 `allow_gaps=true`.",
            )
            .problems([Problem::bad_query(error()), Problem::opens(&hole())])
    }
}

impl Input for IdempotencyKey {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let key = text().min_length(Some(1)).max_length(Some(MOST_KEY)).pattern(Some("^[ -~]+$"));
        let about = format!(
            "Unique key for this request. For 24 hours, a repeated request with the same key {}.",
            draft.repeated()
        );
        draft
            .header("Idempotency-Key", key, &about)
            .problems([Problem::key_reused()])
            .problems(Problem::key(None).err())
    }
}

impl<T: ToSchema> Input for Body<T> {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        let schema = draft.schema::<T>();
        bodies(draft.body(vec![("application/json", schema, None)]))
    }
}

impl<T: ToSchema> Input for Patch<T> {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        draft.schema::<T>();
        let name = T::name().replace("Input", "Patch");
        let patch = draft.named(&name, super::pass::patch(&T::schema()));
        let kinds = ["application/json", "application/merge-patch+json"];
        bodies(draft.body(kinds.map(|kind| (kind, patch.clone(), None)).into()))
    }
}

impl Input for Format {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft
            .query_of::<Format>("format", "Format of the response. Default: `json`.")
            .problems([Problem::bad_query(error())])
    }
}

impl Input for Wanted {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let formats = text().enum_values(Some(FileFormat::ALL.map(FileFormat::name)));
        let about =
            "The `cursor` value from the `Link` header (`rel=\"next\"`) of the previous file.";
        draft
            .query("format", formats, "Format of the response. Default: `csv`.")
            .query("cursor", text(), about)
            .problems([Problem::bad_query(error())])
    }
}

impl Input for Asked {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        draft
            .query_of::<IncidentType>(
                "incident_type",
                "Incident type to preview. Default: `other`.",
            )
            .query_of::<Severity>("severity", "Severity to preview. Default: `high`.")
            .query("account", account(), "AWS account ID of the finding.")
            .query("at", format("date-time"), "Time to evaluate (RFC 3339). Default: now.")
            .problems([Problem::bad_query(error())])
    }
}

impl Input for AsOf {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let about = "Date (UTC) for the roster. Returns the roster as it was at the end of that day. \
                     Default: now.";
        draft.query("as_of", format("date"), about).problems([Problem::bad_query(error())])
    }
}

impl Input for DryRun {
    fn describe(draft: Draft<'_>) -> Draft<'_> {
        let about =
            "Set to `true` to validate the file and return the changes without applying them.";
        draft.query("dry_run", flag(), about).problems([Problem::bad_query(error())])
    }
}

impl Input for ContactFile {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        let list = draft.list::<ContactInput>();
        let file = format("binary");
        draft
            .body(vec![
                ("text/csv", file.into(), Some(SHEET.into())),
                ("application/json", list, None),
            ])
            .problems([
                Problem::not_a_sheet(),
                Problem::too_large_a_file(),
                Problem::invalid(error()),
            ])
    }
}

impl Input for Filled {
    fn describe(mut draft: Draft<'_>) -> Draft<'_> {
        let schema = draft.schema::<Self>();
        let example = json!({ "do": "confirm", "version": "1" });
        draft.body(vec![("application/x-www-form-urlencoded", schema, Some(example))])
    }
}
