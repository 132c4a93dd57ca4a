//! Contacts: what is theirs alone; the rest they share with other entries.

use axum::Json;
use axum::extract::State;
use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::contact::draft::ContactInput;
use muster_domain::value::channel::Channel;
use muster_domain::value::id::ContactId;
use muster_domain::value::stamps::Stamp;
use muster_store::roster::{Action, Change};
use serde_json::Value;

use crate::App;
use crate::http::answer::{Private, View};
use crate::http::caller::Caller;
use crate::http::paging::{Page, Paging, listed};
use crate::http::problem::Problem;
use crate::http::request::At;
use crate::roster::entries::{Served, find};
use crate::roster::filter::Filter;
use crate::roster::gaps::Whole;
use crate::roster::mask;

impl Served for Contact {
    const WHAT: &'static str = "contact";
    const PATH: &'static str = "/contacts";
    type Draft = ContactInput;

    fn version_of(draft: &ContactInput) -> Option<u64> {
        draft.version()
    }

    fn check(
        draft: ContactInput,
        id: Option<&ContactId>,
        current: Option<&Self>,
        stamp: &Stamp,
    ) -> Result<Self, Vec<FieldError>> {
        draft.check(id, current, stamp)
    }

    fn view(&self) -> Value {
        mask::view(self)
    }

    fn unmask(value: &mut Value, current: Option<&Self>) {
        mask::unmask(value, current);
    }

    fn may_open(before: Option<&Self>, after: Option<&Self>) -> bool {
        before.is_some_and(|before| muster_domain::roster::hole::may_open(before, after))
    }

    fn apply(whole: &mut Whole, before: Option<&Self>, after: Option<&Self>) {
        if let Some(before) = before {
            whole.people.remove(&before.id);
        }
        whole.people.extend(after.map(|contact| (contact.id.clone(), contact.clone())));
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    paging: Paging,
    filter: Filter,
) -> Result<Json<Page<View<Contact>>>, Problem> {
    let (limit, cursor) = (usize::from(paging.limit), paging.cursor.as_deref());
    let page = app.roster.entries(limit, cursor, |contact| filter.holds(contact)).await?;
    listed(page.map(|page| page.map(|contact: Contact| View::new(&contact))))
}

/// A contact's channels in full; that they were shown, and to whom, is recorded first.
pub(crate) async fn reveal(
    State(app): State<App>,
    At(id): At<Contact>,
    caller: Caller,
) -> Result<Private<Vec<Channel>>, Problem> {
    let contact = find::<Contact>(&app, &id).await?;
    app.roster.record(&Change::note(&contact, Action::Revealed, &caller.why())).await?;
    Ok(Private(contact.channels))
}
