//! Somebody new: welcomed with what the role has to do, asked to confirm, tested, and put on a drill.

use aws_lambda_events::event::dynamodb::Event as Batch;
use muster_domain::message::review as words;
use muster_domain::review::{Review, Standing, Subject};
use muster_domain::roster::contact::Contact;
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::recipient::Recipient;
use muster_send::senders::Letter;
use muster_store::incidents::{Newcomer, Notice};
use muster_store::stream::{Answer, Changed, Operation, Record};

use crate::post::{Posted, Turn, way};
use crate::{Failure, Reviewer, Run};

impl Reviewer {
    /// Welcomes those whom a batch of the roster's stream brings. What comes again finds what is done.
    pub(crate) async fn welcome_batch(&self, batch: Batch, run: &Run) -> Answer {
        for record in batch.records {
            let Record { sequence_number, operation, changed } = Record::from(&record);
            let (Operation::Inserted, Some(Changed::Contact(id))) = (operation, changed) else {
                continue;
            };
            // As the roster has them now: they may have gone, or have another address.
            let end = match self.roster.entry::<Contact>(&id).await {
                Ok(None) => Ok(0),
                Ok(Some(contact)) if contact.departed() => Ok(0),
                Ok(Some(contact)) => Box::pin(self.welcome(&contact, run)).await,
                Err(error) => Err(error.into()),
            };
            if !matches!(end, Ok(0)) {
                let reason = end.err().unwrap_or(Failure::Later(1));
                tracing::error!(%reason, "somebody new is not welcomed; the record comes again");
                return Answer::of(Some(sequence_number));
            }
        }
        Answer::of(None)
    }

    /// Welcomes one person; says how many messages another try may still send.
    async fn welcome(&self, contact: &Contact, run: &Run) -> Result<usize, Failure> {
        let subject = Subject::Contact(contact.id.clone());
        // Somebody deleted and made again is new again.
        let about = format!("welcome#{}", contact.created_at);
        let mut later = 0;
        if let Some(channel) = way(contact) {
            let notice = Notice {
                about: format!("{about}#{subject}"),
                whom: Recipient::from(&contact.id),
                channel: SendChannel::of(&contact.channels, channel),
            };
            let posted = match self.claim(&notice, run).await? {
                Turn::Over(posted) => posted,
                Turn::Ours(record) => {
                    let (link, until) = self.review_link(subject.clone(), &contact.id, run).await?;
                    let mail = || words::welcome(contact, &link, until);
                    let text = || words::welcome_text(&link);
                    let letter = Letter::to(channel, mail, text, String::new);
                    self.send(&notice, record, letter).await?
                }
            };
            later += usize::from(posted == Posted::Later);
        }
        later += self.prove(contact, &about, run).await?;
        if later == 0 {
            let newcomer = Newcomer { contact: contact.id.clone(), since: contact.created_at };
            self.incidents.reviews().expect(&newcomer).await?;
            // The welcome asks to confirm, so the month's review does not ask again.
            let known = self.incidents.reviews().review(&subject).await?;
            let review = known.unwrap_or_else(|| Review::new(subject));
            let standing = Standing::of(contact, run.now);
            let month = self.terms.month(run.now);
            if review.reminders.iter().all(|reminder| reminder.month != month) {
                self.keep(&review.reminded(&standing, &self.terms, false, run.now)).await?;
            }
        }
        Ok(later)
    }
}
