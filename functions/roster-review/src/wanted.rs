//! What somebody has asked for on the stack's own bus: a review, a test, a code, word of a correction.

use muster_domain::message::review as words;
use muster_domain::review::{Subject, Wanted};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use serde_json::Value;

use crate::post::Posted;
use crate::remind::Reviewed;
use crate::{Failure, Reviewer, Run};

impl Reviewer {
    /// Does what an event on the bus asks for. The same event twice is one.
    pub(crate) async fn wanted(&self, mut event: Value, run: &Run) -> Result<(), Failure> {
        let detail = event.get_mut("detail").map(Value::take).unwrap_or_default();
        let wanted: Wanted = serde_json::from_value(detail).map_err(|_| Failure::Unreadable)?;
        let posted = match wanted {
            Wanted::Review { subjects, .. } if subjects.is_empty() => {
                return self.remind_all(run).await;
            }
            Wanted::Review { request, subjects } => {
                let mut later = 0;
                for subject in subjects {
                    let posted = self.one_now(&subject, &request, run).await?;
                    later += usize::from(posted == Posted::Later);
                }
                return if later > 0 { Err(Failure::Later(later)) } else { Ok(()) };
            }
            Wanted::Proof { request, contact } => {
                let Some(contact) = self.roster.entry::<Contact>(&contact).await? else {
                    return Ok(());
                };
                match self.prove(&contact, &request, run).await? {
                    0 => Posted::Sent,
                    later => return Err(Failure::Later(later)),
                }
            }
            Wanted::Code { request, contact, channel } => {
                self.send_code(&request, &contact, &channel, run).await?
            }
            Wanted::Moved { contact, version } => self.tell_of_move(&contact, version, run).await?,
            Wanted::Correction { id } => match self.incidents.reviews().correction(&id).await? {
                None => return Ok(()),
                Some(correction) => {
                    let text = words::correction_waits(&correction);
                    self.tell_owner(format!("correction#{id}"), text, run).await?
                }
            },
        };
        if posted == Posted::Later { Err(Failure::Later(1)) } else { Ok(()) }
    }

    /// Asks about one entry now, as the roster has it.
    async fn one_now(
        &self,
        subject: &Subject,
        request: &str,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let entry = match subject {
            Subject::Contact(id) => self
                .roster
                .entry::<Contact>(id)
                .await?
                .filter(|contact| !contact.departed())
                .map(|contact| Reviewed::Person(Box::new(contact))),
            Subject::External(id) => match self.roster.entry::<ExternalResource>(id).await? {
                None => None,
                Some(resource) => {
                    let owner = match &resource.owner {
                        None => None,
                        Some(id) => self.roster.entry::<Contact>(id).await?,
                    };
                    let owner = owner.filter(|owner| !owner.departed()).map(Box::new);
                    Some(Reviewed::Organisation(Box::new(resource), owner))
                }
            },
        };
        match entry {
            // Whoever has left meanwhile is asked nothing.
            None => Ok(Posted::Refused),
            Some(entry) => self.ask_now(&entry, request, run).await,
        }
    }
}
