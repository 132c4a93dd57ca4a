//! What goes into one message, by where it goes.

use muster_domain::incident::Incident;
use muster_domain::incident::escalation::{Emergency, Turn};
use muster_domain::message::page::{
    Joined, Update, emergency_text, external_mail, external_spoken_text, mail, public_text,
    spoken_text,
};
use muster_domain::value::channel::{Channel, Form};
use muster_send::senders::Letter;

use crate::claims::{Claims, Sending, To};

/// Writes the message for one send.
pub(crate) fn write(
    incident: &Incident,
    (turn, change): (&Turn, Option<&Update>),
    sending: &Sending,
    claims: &Claims,
    joined: &Joined,
    link_base: &str,
) -> Letter {
    let (index, channel) = match &sending.to {
        To::EmergencyTopic => return emergency(incident, turn),
        To::External(index, channel) => return external(incident, turn, *index, channel),
        To::Person(index, channel) => (*index, channel),
    };
    // The index was made from these very pages.
    let Some(page) = turn.pages.get(index) else { return emergency(incident, turn) };
    let link = format!("{link_base}/ack/{}", claims.token(&page.contact.id));
    if let Some(change) = change.filter(|_| page.update) {
        return Letter::to(
            channel,
            || change.mail(incident, joined, &link),
            || change.text(incident, &link),
            || change.spoken(incident),
        );
    }
    Letter::to(
        channel,
        || mail(incident, page, &turn.pages, joined, &link),
        || public_text(incident, &link),
        || spoken_text(incident),
    )
}

/// An organization gets no link: only the team's own contacts acknowledge.
fn external(incident: &Incident, turn: &Turn, index: usize, channel: &Channel) -> Letter {
    let Some(page) = turn.externals.get(index) else { return emergency(incident, turn) };
    if channel.kind().kind().form == Form::Text {
        return Letter::Nothing;
    }
    Letter::to(
        channel,
        || external_mail(incident, &page.resource),
        String::new,
        || external_spoken_text(incident, &page.resource),
    )
}

fn emergency(incident: &Incident, turn: &Turn) -> Letter {
    let drill = if incident.drill().is_some() { "DRILL " } else { "" };
    let subject = format!("{drill}MUSTER EMERGENCY: incident {}", incident.id);
    let why = turn.emergency.unwrap_or(Emergency::NoContactToPage);
    Letter::Topic(subject, emergency_text(incident, why))
}
