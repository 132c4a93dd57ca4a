//! The words about the operations that all kinds of entries share.

use super::texts::Text;
use crate::http::problem::Problem;

/// A kind of entry, in words.
struct Noun {
    /// `a contact`.
    one: &'static str,
    /// `the contact`.
    the: &'static str,
    /// `contacts`.
    many: &'static str,
    /// The end of its operations' IDs.
    id: &'static str,
    tag: &'static str,
    /// Whether the stack has exactly one.
    only: bool,
    /// What deleting it does.
    delete: &'static str,
}

fn noun(path: &str) -> Option<Noun> {
    Some(match path.trim_start_matches('/').split('/').next()? {
        "contacts" => Noun {
            one: "a contact",
            the: "the contact",
            many: "contacts",
            id: "Contact",
            tag: "Contacts",
            only: false,
            delete: "Deletes the contact. The change history remains.",
        },
        "external-resources" => Noun {
            one: "an external resource",
            the: "the external resource",
            many: "external resources",
            id: "ExternalResource",
            tag: "External resources",
            only: false,
            delete: "Deletes the external resource. The change history remains.",
        },
        "escalation-plans" => Noun {
            one: "an escalation plan",
            the: "the escalation plan",
            many: "escalation plans",
            id: "EscalationPlan",
            tag: "Escalation plans",
            only: false,
            delete: "Deletes the escalation plan. Deleting your version of `default` restores the built-in plan.",
        },
        "policy" => Noun {
            one: "the paging policy",
            the: "the paging policy",
            many: "",
            id: "Policy",
            tag: "Paging policy",
            only: true,
            delete: "Restores the built-in values.",
        },
        "response-plan" => Noun {
            one: "the response plan settings",
            the: "the response plan settings",
            many: "",
            id: "ResponsePlanSettings",
            tag: "Response plan",
            only: true,
            delete: "Restores the built-in settings.",
        },
        _ => return None,
    })
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words about a route of entries, if it is one.
pub(super) fn text(method: &str, path: &str) -> Option<Text> {
    let noun = noun(path)?;
    let Noun { one, the, many, id, tag, only, delete } = noun;
    let single = path.ends_with("/{id}") || only;
    let title = capitalized(the);
    let last = path.rsplit('/').next()?;
    let new = |id: String, summary: String, description: &str, answers: &[(u16, &str)]| {
        Text::new(&id, tag, &summary, description, answers)
    };
    let sorted = if id == "Contact" {
        "Returns contacts, sorted by ID. A page can contain fewer items than `limit` and still have a next page."
            .to_owned()
    } else {
        format!("Returns {many}, sorted by ID.")
    };
    let changed = "Applies a JSON Merge Patch (RFC 7396). Set a field to `null` to remove it.";
    Some(match (method, last) {
        ("get", "changes") => new(
            format!("list{id}Changes"),
            format!("List changes to {one}"),
            &format!(
                "Returns changes, oldest first, including those of {}. Phone numbers and email addresses are hidden.",
                if only { "versions before a reset" } else { "deleted entries" }
            ),
            &[(200, "The changes, oldest first.")],
        )
        .problems(if only { vec![Problem::not_found(the.trim_start_matches("the "))] } else { vec![] }),
        ("post", "erase") => new(
            format!("erase{id}Changes"),
            format!("Erase {one}'s change history"),
            "Removes the values from recorded changes. The change records remain.",
            &[(200, "The number of change records that were erased.")],
        ),
        ("get", _) if !single => new(
            format!("list{id}s"),
            format!("List {many}"),
            &sorted,
            &[(200, &format!("A page of {many}."))],
        ),
        ("post", _) if !single => new(
            format!("create{id}"),
            format!("Create {one}"),
            &format!("Creates {one}. Fields that are omitted get their defaults."),
            &[(201, "The created entry.")],
        )
        .problems([Problem::exists()]),
        ("get", _) => new(
            format!("get{id}"),
            format!("Get {one}"),
            &format!("Returns {the} with its version as the ETag."),
            &[(200, &format!("{title}."))],
        ),
        ("put", _) if only => new(
            format!("replace{id}"),
            format!("Replace {one}"),
            "Replaces all fields. Fields that are omitted get their defaults.",
            &[(200, "The replaced entry."), (201, "The created entry.")],
        ),
        ("put", _) => new(
            format!("replace{id}"),
            format!("Create or replace {one}"),
            &format!("Replaces all fields of {the}, or creates it if no entry with this ID exists."),
            &[(200, "The replaced entry."), (201, "The created entry.")],
        ),
        ("patch", _) => new(
            format!("update{id}"),
            format!("Update {one}"),
            changed,
            &[(200, "The updated entry.")],
        ),
        ("delete", _) if only => new(
            format!("reset{id}"),
            format!("Reset {one}"),
            delete,
            &[(204, "The entry was deleted.")],
        )
        .problems([Problem::built_in()]),
        ("delete", _) => new(
            format!("delete{id}"),
            format!("Delete {one}"),
            delete,
            &[(204, "The entry was deleted.")],
        )
        .problems([Problem::built_in()]),
        _ => return None,
    })
}
