//! Tests of channels: a short message by each, with a link or a code that proves it.

use futures::StreamExt as _;
use jiff::SignedDuration;
use muster_domain::message::review as words;
use muster_domain::review::{CODE_LIFE, Challenge, Purpose, Subject, TEST_LIFE};
use muster_domain::roster::contact::Contact;
use muster_domain::value::channel::Channel;
use muster_domain::value::channel_key::{ChannelKey, SendChannel};
use muster_domain::value::recipient::Recipient;
use muster_runtime::secret::{Token, code, code_digest, fingerprint};
use muster_send::senders::Letter;
use muster_store::incidents::{Lets, Noted, Notice, ReviewToken};

use crate::post::{Posted, Turn};
use crate::remind::ends;
use crate::{AT_ONCE, Failure, Reviewer, Run};

impl Reviewer {
    /// Tests everybody's channels, once a month at most.
    pub(crate) async fn prove_all(&self, run: &Run) -> Result<(), Failure> {
        let people = self.roster.all::<Contact>().await?;
        let here = people.into_iter().filter(|c| !c.departed() && !c.on_leave(run.now));
        let month = self.terms.month(run.now);
        let one = async |contact: Contact| {
            if run.over() {
                return Err(Failure::Unfinished);
            }
            self.prove(&contact, &month, run).await
        };
        let ends: Vec<_> =
            futures::stream::iter(here).map(one).buffer_unordered(AT_ONCE).collect().await;
        let mut later = 0;
        for end in ends {
            later += end?;
        }
        if later > 0 { Err(Failure::Later(later)) } else { Ok(()) }
    }

    /// Tests each of somebody's channels, once for what `about` names; says how many tests another try
    /// may still send. One channel's failure is no other's.
    pub(crate) async fn prove(
        &self,
        contact: &Contact,
        about: &str,
        run: &Run,
    ) -> Result<usize, Failure> {
        let mut later = 0;
        for channel in &contact.channels {
            let notice = Notice {
                about: format!("proof#{about}#{}", contact.id),
                whom: Recipient::from(&contact.id),
                channel: SendChannel::of(&contact.channels, channel),
            };
            let record = match self.claim(&notice, run).await? {
                Turn::Over(posted) => {
                    later += usize::from(posted == Posted::Later);
                    continue;
                }
                Turn::Ours(record) => record,
            };
            let letter = self.test(contact, channel, run).await?;
            let posted = self.send(&notice, record, letter).await?;
            if posted == Posted::Sent {
                let name = fingerprint(&contact.id, channel);
                self.incidents
                    .proofs()
                    .note_reach(&contact.id, &name, Noted::Asked(run.now))
                    .await?;
            }
            later += usize::from(posted == Posted::Later);
        }
        Ok(later)
    }

    /// The test of a channel: with a link of its own, or with a code if it is said in a call.
    async fn test(
        &self,
        contact: &Contact,
        channel: &Channel,
        run: &Run,
    ) -> Result<Letter, Failure> {
        if !channel.is_written() {
            let said = self.new_code(contact, channel, TEST_LIFE, run).await?;
            return Ok(Letter::to(channel, words::no_mail, String::new, || {
                words::test_spoken(&said)
            }));
        }
        let token = Token::random()?;
        let (until, expires_at) = ends(run.now, TEST_LIFE);
        let kept = ReviewToken {
            subject: Subject::Contact(contact.id.clone()),
            contact: contact.id.clone(),
            lets: Lets::Prove { channel: fingerprint(&contact.id, channel) },
            expires_at,
            used_at: None,
        };
        self.incidents.reviews().issue_review(&token.digest(), &kept).await?;
        let link = format!("{}/review/{}", self.link_base, token.text());
        let mail = || words::test_mail(contact, &link, until);
        Ok(Letter::to(channel, mail, || words::test_text(&link), String::new))
    }

    /// A new code for a channel that somebody has, good for this long.
    async fn new_code(
        &self,
        contact: &Contact,
        channel: &Channel,
        life: SignedDuration,
        run: &Run,
    ) -> Result<String, Failure> {
        let (said, name) = (code()?, fingerprint(&contact.id, channel));
        let (_, expires_at) = ends(run.now, life);
        let challenge = Challenge {
            code: Some(code_digest(&contact.id, &name, &said)),
            expires_at,
            ..Challenge::new(contact.id.clone(), channel.clone(), Purpose::Prove, run.now)
        };
        self.incidents.proofs().challenge(&challenge).await?;
        Ok(said)
    }

    /// Sends the code that somebody's page has asked for, to the channel that it is to prove.
    pub(crate) async fn send_code(
        &self,
        request: &str,
        contact: &muster_domain::value::id::ContactId,
        channel: &str,
        run: &Run,
    ) -> Result<Posted, Failure> {
        let known = self.incidents.proofs().challenges(contact).await?;
        let Some((_, challenge)) = known.into_iter().find(|(name, _)| name == channel) else {
            return Ok(Posted::Refused);
        };
        let notice = Notice {
            about: format!("code#{request}"),
            whom: Recipient::from(contact),
            channel: ChannelKey::first(challenge.channel.kind()).into(),
        };
        let record = match self.claim(&notice, run).await? {
            Turn::Over(posted) => return Ok(posted),
            Turn::Ours(record) => record,
        };
        let said = code()?;
        let (_, expires_at) = ends(run.now, CODE_LIFE);
        let digest = Some(code_digest(contact, channel, &said));
        let sent = Challenge { code: digest, attempts: 0, expires_at, ..challenge };
        self.incidents.proofs().challenge(&sent).await?;
        let letter = Letter::to(
            &sent.channel,
            || words::code_mail(&said),
            || words::code_text(&said),
            || words::code_spoken(&said),
        );
        Ok(self.send(&notice, record, letter).await?)
    }
}
