//! What a digest says, to a person or to an outside organization.

use jiff::Timestamp;
use muster::channel::Channel;
use muster::contact::Contact;
use muster::external::ExternalResource;
use muster::id::{ContactId, IncidentId, ResourceId};
use muster::incident::Incident;
use muster::page::{
    digest_mail, digest_text, external_digest_mail, external_spoken_digest, spoken_digest,
};
use muster::send::EXTERNAL;
use muster_aws::AwsError;
use muster_aws::incidents::{DigestLink, IssuedToken, LINK_LIFE};
use muster_aws::roster::Roster;
use muster_aws::secret::{NoRandomness, Token};
use muster_aws::senders::Letter;

/// Whom a digest is for.
pub(super) enum Recipient {
    /// A contact.
    Person(Box<Contact>),
    /// An outside organization.
    External(Box<ExternalResource>),
}

impl Recipient {
    /// Returns who is named so in send records; `None` if the person has left, or there is nobody of the name.
    pub(super) async fn find(roster: &Roster, name: &str) -> Result<Option<Self>, AwsError> {
        if let Some(id) = name.strip_prefix(EXTERNAL) {
            let Ok(id) = id.parse::<ResourceId>() else { return Ok(None) };
            let resource = roster.entry::<ExternalResource>(&id).await?;
            return Ok(resource.map(|resource| Self::External(Box::new(resource))));
        }
        let Ok(id) = name.parse::<ContactId>() else { return Ok(None) };
        let person = roster.entry::<Contact>(&id).await?.filter(|contact| !contact.departed());
        Ok(person.map(|contact| Self::Person(Box::new(contact))))
    }

    /// Returns all their channels.
    pub(super) fn channels(&self) -> Vec<Channel> {
        match self {
            Self::Person(contact) => contact.channels.clone(),
            Self::External(resource) => resource.channels(),
        }
    }
}

/// A digest, ready to send, and the token of its link, which has yet to be kept.
pub(super) struct Written {
    pub(super) letter: Letter,
    token: Option<IssuedToken>,
}

impl Written {
    /// Returns its link for these incidents; an organization has none.
    pub(super) fn link<'a>(&'a self, incidents: &'a [IncidentId]) -> Option<DigestLink<'a>> {
        self.token.as_ref().map(|token| DigestLink { token, incidents })
    }
}

/// Writes the digest of these incidents, the most severe first, to one channel.
pub(super) fn write(
    recipient: &Recipient,
    to: &Channel,
    incidents: &[Incident],
    link_base: &str,
    now: Timestamp,
) -> Result<Written, NoRandomness> {
    match recipient {
        Recipient::Person(contact) => {
            let token = Token::random()?;
            let link = format!("{link_base}/ack/{}", token.text());
            let letter = Letter::to(
                to,
                || digest_mail(incidents, &link),
                || digest_text(incidents, &link),
                || spoken_digest(incidents),
            );
            let issued = IssuedToken {
                digest: token.digest(),
                contact: contact.id.clone(),
                expires_at: now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX),
            };
            Ok(Written { letter, token: Some(issued) })
        }
        Recipient::External(resource) => {
            let letter = match to {
                // An organization is told by mail and by call.
                Channel::Sms(_) => Letter::Nothing,
                to => Letter::to(
                    to,
                    || external_digest_mail(incidents, resource),
                    String::new,
                    || external_spoken_digest(incidents, resource),
                ),
            };
            Ok(Written { letter, token: None })
        }
    }
}
