//! What a press of a button on a review's page does.

use axum::response::Response;
use muster_domain::draft::fault::FieldError;
use muster_domain::review::{
    Challenge, ChangeRequest, ChangeRequestType, Given, KIND, MOST_CODES, Purpose, Review, Wanted,
};
use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::{Channel, ChannelType};
use muster_domain::value::limits::MAX_NOTE;
use muster_domain::value::stamps::Stamp;
use muster_domain::value::text::lines;
use muster_runtime::secret::{Token, code_digest, fingerprint};
use muster_send::bus::Event;
use muster_store::incidents::{Lets, Noted, Write, Written};
use muster_store::roster::{ChangeSource, Entry, Saved, Why};

use super::correct::Asked;
use super::form::{Deed, Filled, Part};
use super::page::{Said, thanks};
use super::{About, Link, draw, proof};
use crate::App;
use crate::http::problem::Problem;
use crate::http::request::draft;
use crate::roster::entries::Served;

/// How often an entry that others change at the same moment is read anew.
const MOST_RACES: usize = 5;

const CHANGED: &str = "The entry was changed meanwhile. Look at it again, please.";

/// Does what was asked for.
pub(super) async fn perform(app: &App, link: &Link, filled: &Filled) -> Result<Response, Problem> {
    match (&link.about, &link.token.lets, filled.deed()) {
        (About::Person(_), Lets::Prove { channel }, Some(Deed::Arrived)) => {
            proof::arrived(app, link, channel, filled).await
        }
        (_, Lets::Prove { .. }, _) => again(app, link).await,
        (About::Person(contact), _, Some(Deed::Confirm)) => {
            let next = contact.confirmed(&link.stamp());
            confirm(app, link, filled, contact.as_ref(), &next).await
        }
        (About::Organisation(resource), _, Some(Deed::Confirm)) => {
            let next = resource.confirmed(&link.stamp());
            confirm(app, link, filled, resource.as_ref(), &next).await
        }
        (About::Person(contact), _, Some(Deed::Correct)) => {
            let asked = Asked::person(contact, Some(filled));
            correct(app, link, filled, &asked, contact.as_ref()).await
        }
        (About::Organisation(resource), _, Some(Deed::Correct)) => {
            let asked = Asked::organisation(resource, Some(filled));
            correct(app, link, filled, &asked, resource.as_ref()).await
        }
        (_, _, Some(Deed::Departure)) => match note(filled) {
            Ok(note) => propose(app, link, ChangeRequestType::Departure { note }).await,
            Err(fault) => refuse(app, link, filled, vec![fault]).await,
        },
        (About::Person(contact), _, Some(Deed::Prove | Deed::Replace | Deed::Add)) => {
            ask_for_code(app, link, filled, contact).await
        }
        (About::Person(_), _, Some(Deed::Code)) => take_code(app, link, filled).await,
        _ => again(app, link).await,
    }
}

/// The page once more, for a form that is none of ours.
async fn again(app: &App, link: &Link) -> Result<Response, Problem> {
    let said = Said::Wrong("Press one of the buttons, please.".to_owned(), Vec::new());
    Ok(draw(app, link, said, None).await?)
}

async fn refuse(
    app: &App,
    link: &Link,
    filled: &Filled,
    faults: Vec<FieldError>,
) -> Result<Response, Problem> {
    let said = Said::Wrong("Nothing was sent. Please mend this first.".to_owned(), faults);
    Ok(draw(app, link, said, Some(filled)).await?)
}

/// What somebody says in their own words, if anything.
fn note(filled: &Filled) -> Result<Option<String>, FieldError> {
    match filled.part(Part::Note) {
        "" => Ok(None),
        text if text.chars().count() > MAX_NOTE => {
            let fault = format!("must have at most {MAX_NOTE} characters");
            Err(FieldError::new("note", fault, "Ask Grace Hopper."))
        }
        text => {
            let wrong = |e: muster_domain::value::text::TextError| {
                FieldError::new("note", e.to_string(), "Ask Grace.")
            };
            lines(text).map(Some).map_err(wrong)
        }
    }
}

impl Link {
    fn stamp(&self) -> Stamp {
        Stamp { by: self.by(), at: self.now }
    }

    fn by(&self) -> String {
        format!("contact:{}", self.token.contact)
    }

    fn why(&self) -> Why {
        Why { by: self.by(), at: self.now, source: ChangeSource::Review, reason: None }
    }

    /// The writes that go with an answer: the link is used, and the review has its answer.
    async fn answered(&self, app: &App) -> Result<Vec<Write>, Problem> {
        let subject = &self.token.subject;
        let known = app.incidents.reviews().review(subject).await?;
        let review = known.unwrap_or_else(|| Review::new(subject.clone())).answered(self.now);
        let used = app.incidents.reviews().use_review(&self.digest, self.now)?;
        Ok(vec![used, app.incidents.reviews().review_put(&review)?])
    }
}

/// Confirms what somebody has seen: the version that their page showed.
async fn confirm<E: Entry>(
    app: &App,
    link: &Link,
    filled: &Filled,
    current: &E,
    next: &E,
) -> Result<Response, Problem> {
    if filled.part(Part::Version).parse() != Ok(current.version()) {
        let said = Said::Wrong(CHANGED.to_owned(), Vec::new());
        return Ok(draw(app, link, said, None).await?);
    }
    let also = link.answered(app).await?;
    match app.roster.save(next, Some(current), &link.why(), also).await? {
        Saved::Done(_) => {
            tracing::info!("an entry was confirmed");
            Ok(thanks("Your entry is confirmed. We ask again when it is due."))
        }
        Saved::Conflict => Err(Problem::changed()),
    }
}

/// Keeps a correction for the owner, if it is one that could be made.
async fn correct<E: Served>(
    app: &App,
    link: &Link,
    filled: &Filled,
    asked: &Asked<'_>,
    current: &E,
) -> Result<Response, Problem> {
    let patch = asked.patch(filled);
    let note = match note(filled) {
        Ok(note) => note,
        Err(fault) => return refuse(app, link, filled, vec![fault]).await,
    };
    if patch.is_empty() && note.is_none() {
        let fault = FieldError::new(
            "note",
            "must describe a change, because no field was changed",
            "My number is old.",
        );
        return refuse(app, link, filled, vec![fault]).await;
    }
    let stamp = link.stamp();
    let checked =
        E::check(draft(asked.patched(&patch), E::WHAT)?, Some(current.id()), Some(current), &stamp);
    if let Err(faults) = checked {
        return refuse(app, link, filled, faults).await;
    }
    let patch = serde_json::to_string(&patch).map_err(|_| Problem::internal())?;
    propose(app, link, ChangeRequestType::Correction { patch, note }).await
}

async fn propose(app: &App, link: &Link, wrong: ChangeRequestType) -> Result<Response, Problem> {
    let id = Token::random().map_err(|_| Problem::internal())?.digest();
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    let correction = ChangeRequest {
        id: id.to_lowercase(),
        subject: link.token.subject.clone(),
        requested_by: link.token.contact.clone(),
        requested_at: link.now,
        r#type: wrong,
        decision: None,
    };
    let mut writes = link.answered(app).await?;
    writes.push(app.incidents.reviews().correction_put(&correction)?);
    if app.incidents.reviews().together(writes).await? == Written::Conflict {
        return Err(Problem::changed());
    }
    // It is kept, and the coverage report tells of it even if this is lost.
    tell(app, Wanted::Correction { id: correction.id }).await;
    Ok(thanks("It is with the roster's owner now. Nothing changes until they have looked at it."))
}

/// Asks the review for something, on the stack's own bus.
pub(crate) async fn tell(app: &App, wanted: Wanted) -> bool {
    let put = match Event::new(KIND, &wanted) {
        Ok(event) => app.bus.put(&[event]).await,
        Err(error) => Err(error),
    };
    match put {
        Ok(taken) => taken.first() == Some(&true),
        Err(error) => {
            tracing::error!(reason = %error, "the review could not be asked");
            false
        }
    }
}

/// The channel of a contact's that goes by this name.
fn named<'a>(contact: &'a Contact, name: &str) -> Option<&'a Channel> {
    contact.channels.iter().find(|channel| fingerprint(&contact.id, channel) == name)
}

/// The channel that a form describes, or what is wrong with it.
fn described(kind: ChannelType, address: &str) -> Result<Channel, FieldError> {
    Channel::typed(kind, address)
        .map_err(|error| FieldError::new("address", error, kind.kind().example))
}

/// The channel that a code is to go to, and what it is for.
fn wanted(filled: &Filled, contact: &Contact) -> Result<(Channel, Purpose), FieldError> {
    let unknown =
        || FieldError::new("channel", "is no longer one of your channels", "one of the list");
    let address = filled.part(Part::Address);
    let (channel, purpose) = match filled.deed() {
        Some(Deed::Prove) => {
            let channel = named(contact, filled.part(Part::Channel)).ok_or_else(unknown)?;
            return Ok((channel.clone(), Purpose::Prove));
        }
        Some(Deed::Replace) => {
            let old = named(contact, filled.part(Part::Channel)).ok_or_else(unknown)?.clone();
            (described(old.kind(), address)?, Purpose::Replace { old })
        }
        _ => {
            let kind = filled.part(Part::Type);
            let kind = ChannelType::from_name(kind).ok_or_else(|| {
                FieldError::new("type", format!("must be one of: {}", ChannelType::names()), "sms")
            })?;
            (described(kind, address)?, Purpose::Add)
        }
    };
    if contact.channels.contains(&channel) {
        return Err(FieldError::new("address", "is already one of your channels", "another one"));
    }
    Ok((channel, purpose))
}

async fn ask_for_code(
    app: &App,
    link: &Link,
    filled: &Filled,
    contact: &Contact,
) -> Result<Response, Problem> {
    let (channel, purpose) = match wanted(filled, contact) {
        Ok(wanted) => wanted,
        Err(fault) => return refuse(app, link, filled, vec![fault]).await,
    };
    let name = fingerprint(&contact.id, &channel);
    let asked = app.incidents.proofs().codes_asked(&contact.id, link.now).await?;
    if asked.values().map(|asks| usize::from(*asks)).sum::<usize>() >= MOST_CODES {
        let text = "You have asked for many codes. Wait a quarter of an hour, please.";
        let said = Said::Wrong(text.to_owned(), Vec::new());
        return Ok(draw(app, link, said, None).await?);
    }
    let asks = asked.get(&name).copied().unwrap_or_default() + 1;
    let to = channel.masked();
    let challenge =
        Challenge { asks, ..Challenge::new(contact.id.clone(), channel, purpose, link.now) };
    app.incidents.proofs().challenge(&challenge).await?;
    let request = Token::random().map_err(|_| Problem::internal())?.digest();
    let code = Wanted::Code { request, contact: contact.id.clone(), channel: name.clone() };
    if !tell(app, code).await {
        return Err(Problem::unavailable());
    }
    let said = Said::Code { channel: name, to, wrong: None };
    Ok(draw(app, link, said, None).await?)
}

async fn take_code(app: &App, link: &Link, filled: &Filled) -> Result<Response, Problem> {
    let (contact, name) = (&link.token.contact, filled.part(Part::Channel));
    let known = app.incidents.proofs().challenges(contact).await?;
    let over = || {
        let text = "That code is no longer good. Ask for another, please.";
        Said::Wrong(text.to_owned(), Vec::new())
    };
    let Some((_, challenge)) = known.into_iter().find(|(channel, _)| channel == name) else {
        return Ok(draw(app, link, over(), None).await?);
    };
    let code: String = filled.part(Part::Code).split_whitespace().collect();
    let digest = code_digest(contact, name, &code);
    // Counted before it is judged: two who guess at the same moment have one guess between them.
    let given = challenge.given(&digest, link.now);
    if given == Given::Over
        || !app.incidents.proofs().guess(contact, name, challenge.attempts).await?
    {
        return Ok(draw(app, link, over(), None).await?);
    }
    if given == Given::Wrong {
        let wrong = Some("That is not the code. Look again, please.");
        let said = Said::Code { channel: name.to_owned(), to: challenge.channel.masked(), wrong };
        return Ok(draw(app, link, said, None).await?);
    }
    apply(app, link, &challenge, &digest).await
}

/// Does what a right code is for.
async fn apply(
    app: &App,
    link: &Link,
    challenge: &Challenge,
    digest: &str,
) -> Result<Response, Problem> {
    let (id, name) = (&challenge.contact, fingerprint(&challenge.contact, &challenge.channel));
    for _ in 0..MOST_RACES {
        let contact = app.roster.entry::<Contact>(id).await?;
        let contact = contact.ok_or_else(|| Problem::not_found(Contact::WHAT))?;
        let Some(channels) = challenge.applied(&contact) else {
            let said = Said::Wrong(CHANGED.to_owned(), Vec::new());
            return Ok(draw(app, link, said, None).await?);
        };
        let met = app.incidents.proofs().challenge_met(id, &name, digest)?;
        let done = if channels == contact.channels {
            app.incidents.reviews().together(vec![met]).await?
        } else {
            let next = Contact { channels: channels.clone(), ..contact.touched(&link.stamp()) };
            app.roster.save(&next, Some(&contact), &link.why(), [met]).await?.written()
        };
        if done == Written::Done {
            app.incidents.proofs().note_reach(id, &name, Noted::Proven(link.now)).await?;
            if channels != contact.channels {
                let version = contact.version + 1;
                tell(app, Wanted::Moved { contact: id.clone(), version }).await;
            }
            let text = format!("{} is proven. Messages arrive there.", challenge.channel.masked());
            let fresh = app.roster.entry::<Contact>(id).await?;
            let about = fresh.map(|contact| About::Person(Box::new(contact)));
            let about = about.ok_or_else(|| Problem::not_found(Contact::WHAT))?;
            let link = Link {
                about,
                token: link.token.clone(),
                digest: link.digest.clone(),
                now: link.now,
            };
            return Ok(draw(app, &link, Said::Done(text), None).await?);
        }
    }
    Err(Problem::changed())
}
