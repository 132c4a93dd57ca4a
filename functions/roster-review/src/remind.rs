//! The monthly review: whoever is due is asked to confirm, and silence goes on to the manager.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use muster_domain::message::review as words;
use muster_domain::review::{LINK_LIFE, Review, Standing, Steps, Subject};
use muster_domain::roster::contact::Contact;
use muster_domain::roster::external::ExternalResource;
use muster_domain::value::channel_key::SendChannel;
use muster_domain::value::id::ContactId;
use muster_domain::value::recipient::Recipient;
use muster_domain::value::stamps::Stamp;
use muster_runtime::secret::Token;
use muster_send::senders::Letter;
use muster_store::incidents::{Lets, Notice, ReviewToken, Written};
use muster_store::roster::{ChangeSource, Entry, Saved, Why};

use crate::post::{Posted, Turn, way};
use crate::{AT_ONCE, Failure, Reviewer, Run};

/// An entry that is reviewed, and who is asked about it.
#[derive(Clone, Debug)]
pub(crate) enum Reviewed {
    /// A person, who is asked.
    Person(Box<Contact>),
    /// An organization, and its owner, if there is one to be asked.
    Organisation(Box<ExternalResource>, Option<Box<Contact>>),
}

impl Reviewed {
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Person(contact) => Subject::Contact(contact.id.clone()),
            Self::Organisation(resource, _) => Subject::External(resource.id.clone()),
        }
    }

    fn standing(&self, now: Timestamp) -> Standing {
        match self {
            Self::Person(contact) => Standing::of(contact, now),
            Self::Organisation(resource, _) => Standing::of_external(resource),
        }
    }

    /// Who is asked.
    fn asked(&self) -> Option<&Contact> {
        match self {
            Self::Person(contact) => Some(contact),
            Self::Organisation(_, owner) => owner.as_deref(),
        }
    }
}

/// What one reminder is: for which request or month, and for the how manieth time.
struct Reminding<'a> {
    about: &'a str,
    nth: usize,
}

/// The end of a link that begins at `now`, in seconds since 1970.
pub(crate) fn ends(now: Timestamp, life: SignedDuration) -> (Timestamp, i64) {
    let until = now.saturating_add(life).unwrap_or(Timestamp::MAX);
    (until, until.as_second())
}

impl Reviewer {
    /// Reviews every entry.
    pub(crate) async fn remind_all(&self, run: &Run) -> Result<(), Failure> {
        let (people, resources) = futures::try_join!(
            self.roster.all::<Contact>(),
            self.roster.all::<ExternalResource>()
        )?;
        let people: BTreeMap<ContactId, Contact> =
            people.into_iter().map(|contact| (contact.id.clone(), contact)).collect();
        let mut entries = Vec::new();
        for resource in resources {
            let owner = resource.owner.as_ref().and_then(|id| people.get(id));
            let owner = owner.filter(|owner| !owner.departed()).cloned().map(Box::new);
            entries.push(Reviewed::Organisation(Box::new(resource), owner));
        }
        entries.extend(people.values().cloned().map(|c| Reviewed::Person(Box::new(c))));
        let (asked, nobody): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.asked().and_then(way).is_some());
        let due = |entry: &&Reviewed| entry.standing(run.now).due(&self.terms, run.now);
        let nobody: Vec<Subject> = nobody.iter().filter(due).map(Reviewed::subject).collect();
        let managers = &people;
        let one = async |entry: Reviewed| {
            if run.over() {
                return Err(Failure::Unfinished);
            }
            self.remind(&entry, managers, run).await
        };
        let ends: Vec<_> =
            futures::stream::iter(asked).map(one).buffer_unordered(AT_ONCE).collect().await;
        let mut later = 0;
        for end in ends {
            later += usize::from(end? == Posted::Later);
        }
        if !nobody.is_empty() {
            let about = format!("unasked#{}", self.terms.month(run.now));
            let told = self.tell_owner(about, words::nobody_to_ask_about(&nobody), run).await?;
            later += usize::from(told == Posted::Later);
        }
        if later > 0 { Err(Failure::Later(later)) } else { Ok(()) }
    }

    /// Reviews one entry, as this month asks for it.
    async fn remind(
        &self,
        entry: &Reviewed,
        people: &BTreeMap<ContactId, Contact>,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let subject = entry.subject();
        let standing = entry.standing(run.now);
        if !standing.due(&self.terms, run.now) {
            return Ok(Posted::Sent);
        }
        let known = self.incidents.reviews().review(&subject).await?;
        let review = known.unwrap_or_else(|| Review::new(subject.clone()));
        let Steps { remind, tell_manager, mark } = review.steps(&standing, &self.terms, run.now);
        let Some(nth) = remind else { return Ok(Posted::Sent) };
        let month = self.terms.month(run.now);
        let mut worst = self.ask(entry, &Reminding { about: &month, nth }, run).await?;
        if let Some(silent) = tell_manager
            && self.tell_manager(entry, people, silent, run).await? == Posted::Later
        {
            worst = Posted::Later;
        }
        if mark {
            self.mark(entry, run).await?;
        }
        // Written last, and only once everything has ended: whoever comes after finds what is left.
        if worst != Posted::Later {
            let told = tell_manager.is_some();
            self.keep(&review.reminded(&standing, &self.terms, told, run.now)).await?;
        }
        Ok(worst)
    }

    /// Keeps a review, unless somebody answered meanwhile: that has the last word.
    pub(crate) async fn keep(&self, review: &Review) -> Result<(), Failure> {
        match self
            .incidents
            .reviews()
            .together(vec![self.incidents.reviews().review_put(review)?])
            .await?
        {
            Written::Done => {}
            Written::Conflict => tracing::info!("a review was answered meanwhile"),
        }
        Ok(())
    }

    /// Asks for a confirmation now, whoever is due; `request` marks it.
    pub(crate) async fn ask_now(
        &self,
        entry: &Reviewed,
        request: &str,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let subject = entry.subject();
        let standing = entry.standing(run.now);
        let review = self.incidents.reviews().review(&subject).await?;
        let review = review.unwrap_or_else(|| Review::new(subject));
        let nth = review.unanswered(&standing) + 1;
        let posted = self.ask(entry, &Reminding { about: request, nth }, run).await?;
        if posted != Posted::Later {
            self.keep(&review.reminded(&standing, &self.terms, false, run.now)).await?;
        }
        Ok(posted)
    }

    async fn ask(
        &self,
        entry: &Reviewed,
        reminding: &Reminding<'_>,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let subject = entry.subject();
        let about = format!("review#{}#{subject}", reminding.about);
        let reach = entry.asked().and_then(|asked| Some((asked, way(asked)?)));
        let Some((asked, channel)) = reach else {
            let text = words::nobody_to_ask(&subject);
            return Ok(self.tell_owner(about, text, run).await?);
        };
        let notice = Notice {
            about,
            whom: Recipient::from(&asked.id),
            channel: SendChannel::of(&asked.channels, channel),
        };
        let record = match self.claim(&notice, run).await? {
            Turn::Over(posted) => return Ok(posted),
            Turn::Ours(record) => record,
        };
        let (link, until) = self.review_link(subject, &asked.id, run).await?;
        let mail = || match entry {
            Reviewed::Person(contact) => words::review(contact, reminding.nth, &link, until),
            Reviewed::Organisation(resource, _) => {
                words::external_review(resource, asked, reminding.nth, &link, until)
            }
        };
        let text = || words::review_text(&link);
        let letter = Letter::to(channel, mail, text, String::new);
        Ok(self.send(&notice, record, letter).await?)
    }

    /// A new link by which somebody can confirm an entry, and until when it is good.
    pub(crate) async fn review_link(
        &self,
        subject: Subject,
        contact: &ContactId,
        run: &Run,
    ) -> Result<(String, Timestamp), Failure> {
        let token = Token::random()?;
        let (until, expires_at) = ends(run.now, LINK_LIFE);
        let lets = Lets::Review;
        let kept =
            ReviewToken { subject, contact: contact.clone(), lets, expires_at, used_at: None };
        self.incidents.reviews().issue_review(&token.digest(), &kept).await?;
        Ok((format!("{}/review/{}", self.link_base, token.text()), until))
    }

    /// Tells the manager that nobody answers; the roster's owner, if no manager can be told.
    async fn tell_manager(
        &self,
        entry: &Reviewed,
        people: &BTreeMap<ContactId, Contact>,
        silent: usize,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let subject = entry.subject();
        let about = format!("silence#{}#{subject}", self.terms.month(run.now));
        let id = entry.asked().and_then(|asked| asked.manager.as_ref()?.parse::<ContactId>().ok());
        let manager = id.and_then(|id| people.get(&id)).filter(|manager| !manager.departed());
        let reach = manager.and_then(|manager| Some((manager, way(manager)?)));
        let Some((manager, channel)) = reach else {
            let text = words::silence(&subject, silent);
            return Ok(self.tell_owner(about, text, run).await?);
        };
        let notice = Notice {
            about,
            whom: Recipient::from(&manager.id),
            channel: SendChannel::of(&manager.channels, channel),
        };
        let record = match self.claim(&notice, run).await? {
            Turn::Over(posted) => return Ok(posted),
            Turn::Ours(record) => record,
        };
        let what = match entry {
            Reviewed::Person(contact) => contact.name.as_str(),
            Reviewed::Organisation(resource, _) => resource.organization.as_str(),
        };
        let mail = || words::to_manager(manager, what, silent);
        let letter = Letter::to(channel, mail, || words::to_manager_text(silent), String::new);
        Ok(self.send(&notice, record, letter).await?)
    }

    /// Marks an entry as unconfirmed. Whoever changes it at the same moment comes first; the next month
    /// marks it.
    async fn mark(&self, entry: &Reviewed, run: &Run) -> Result<(), Failure> {
        let stamp = Stamp { by: "Muster".to_owned(), at: run.now };
        match entry {
            Reviewed::Person(contact) => {
                self.save(&contact.unconfirmed(&stamp), contact.as_ref(), stamp).await
            }
            Reviewed::Organisation(resource, _) => {
                self.save(&resource.unconfirmed(&stamp), resource.as_ref(), stamp).await
            }
        }
    }

    async fn save<E: Entry>(&self, entry: &E, before: &E, stamp: Stamp) -> Result<(), Failure> {
        let Stamp { by, at } = stamp;
        let why = Why { by, at, source: ChangeSource::Review, reason: None };
        if let Saved::Conflict = self.roster.save(entry, Some(before), &why, None).await? {
            tracing::info!("an entry was changed meanwhile; it is marked with the next review");
        }
        Ok(())
    }
}
