//! The stage of all stories: the system, its roster, and what each story expects to be sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Failed;
use rehearsal::{
    Delivery, Home, Message, Options, PAGE_ACTION, Progress, SOON, System, idle_statements,
    load_roster, refused_calls, repository, until,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell};

/// The people of `tests/roster`, by escalation level.
pub(crate) const COMMANDER: &str = "ada-okafor";
pub(crate) const LEVEL_2: [&str; 3] = ["bruno-keller", "chen-li", "dara-novak"];
pub(crate) const LEVEL_3: [&str; 2] = ["elif-aydin", "farid-haddad"];
pub(crate) const COUNSEL: &str = "grace-mwangi";
/// How each of them is paged.
pub(crate) const BOTH: [&str; 2] = ["email", "sms"];

/// Where the people of a branch are reached, and nobody else.
pub(crate) const BRANCH_MAIL: &str = "@branch.example.com";
pub(crate) const FLOOD_MAIL: &str = "@flood.example.com";
pub(crate) const LANE_MAIL: &str = "@lane.example.com";
pub(crate) const BRANCH_PHONE: &str = "+14255550190";
pub(crate) const LANE_PHONE: &str = "+14255550191";
/// The numbers of people of lanes who have one of their own.
pub(crate) const NIA_PHONE: &str = "+14255550196";
pub(crate) const OLA_PHONE: &str = "+14255550197";
pub(crate) const PROOF_PHONE: &str = "+14255550192";
pub(crate) const EMERGENCY_PHONE: &str = "+14255550195";
pub(crate) const LAUNCH_PHONES: [&str; 2] = ["+14255550193", "+14255550194"];

/// How much shorter the waits are in which a story has nothing to look at.
const WAIT_SCALE: f64 = 0.05;
/// How much shorter the time between two steps is. Stories end it themselves when they have looked at the first, so that
/// the second does not come while a busy machine is still at that.
const STEP_SCALE: f64 = 0.4;

/// Pages of one incident: who, by which channel, how often.
pub(crate) type Pages = BTreeMap<(String, String), usize>;

/// One page to each of these people by each of these channels.
pub(crate) fn pages<'a>(people: impl IntoIterator<Item = &'a str>, channels: &[&str]) -> Pages {
    let mut pages = Pages::new();
    for person in people {
        for channel in channels {
            *pages.entry((person.to_owned(), (*channel).to_owned())).or_default() += 1;
        }
    }
    pages
}

/// These pages, and those.
pub(crate) fn and(mut pages: Pages, more: Pages) -> Pages {
    for (page, times) in more {
        *pages.entry(page).or_default() += times;
    }
    pages
}

/// The system and what is expected of it.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) system: System,
    /// Held by whoever sets or reads whether the account uses Incident Manager.
    pub(crate) incident_manager: Mutex<()>,
    deliveries: AtomicU32,
    expected: Mutex<BTreeMap<String, Pages>>,
}

impl Stage {
    /// The event in this file of `events/`, as if it came from `account`, with an id of its own.
    /// The account is part of a finding's identity, so each account's finding is another.
    pub(crate) fn event(&self, file: &str, account: &str) -> Result<Value> {
        let path = repository().join("events").join(file);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut event: Value = serde_json::from_str(&text.replace("111122223333", account))?;
        let number = self.deliveries.fetch_add(1, Ordering::Relaxed);
        event["id"] = format!("00000000-0000-4000-8000-{number:012}").into();
        if event["detail"]["actionName"].is_string() {
            // It is chosen in the account of the action, whatever account the finding is of.
            event["resources"] = json!([PAGE_ACTION]);
        }
        Ok(event)
    }

    /// Delivers that event and returns the incident it opened.
    pub(crate) async fn open(&self, file: &str, account: &str) -> Result<String> {
        let delivery = self.system.send(&self.event(file, account)?).await?;
        opened(&delivery)
    }

    /// Waits until exactly these pages have gone out for the incident; one more than that fails
    /// at once. They stay expected until the end of all stories.
    pub(crate) async fn expect(&self, incident: &str, pages: Pages) -> Result<()> {
        self.expected.lock().await.insert(incident.to_owned(), pages.clone());
        let mut last = Pages::new();
        let all = until(SOON, async || {
            let sent = self.sent(incident).await?;
            last.clone_from(&sent);
            for (page, times) in &sent {
                let due = pages.get(page).copied().unwrap_or_default();
                ensure!(*times <= due, "{page:?} was sent {times} times, {due} were expected");
            }
            Ok((sent == pages).then_some(()))
        });
        let all = all.await?;
        all.with_context(|| format!("expected {pages:?}, sent {last:?}"))
    }

    async fn sent(&self, incident: &str) -> Result<Pages> {
        let messages = self.system.messages().await?;
        let ours = messages.iter().filter(|m| m.incident.as_deref() == Some(incident));
        let mut pages = Pages::new();
        for message in ours {
            *pages.entry(page(message)).or_default() += 1;
        }
        Ok(pages)
    }

    /// A page of this incident with a link, to this person.
    pub(crate) async fn link(&self, incident: &str, contact: &str) -> Result<String> {
        let messages = self.system.messages().await?;
        let mine = |m: &&Message| {
            m.incident.as_deref() == Some(incident) && m.contact.as_deref() == Some(contact)
        };
        let link = messages.iter().filter(mine).find_map(Message::link);
        link.map(str::to_owned).with_context(|| format!("{contact} got no link"))
    }

    /// The incident, as the API has it.
    pub(crate) async fn incident(&self, id: &str) -> Result<Value> {
        self.ok("GET", &format!("/incidents/{id}"), None).await
    }

    /// Ends the incident, so that no further step disturbs anybody.
    pub(crate) async fn resolve(&self, id: &str) -> Result<Value> {
        self.ok("POST", &format!("/incidents/{id}/resolve"), None).await
    }

    /// A signed call that must work.
    pub(crate) async fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.system.api(method, path, body).await?;
        ensure!((200..300).contains(&status), "{method} {path} answers {status}: {answer}");
        Ok(answer)
    }

    /// Every message that no story expected.
    async fn strays(&self) -> Result<Vec<String>> {
        let mut left = self.expected.lock().await.clone();
        let messages = self.system.messages().await?;
        let stray = |message: &&Message| {
            // What a story's own branch sent, the story has looked at.
            let ends = [BRANCH_MAIL, FLOOD_MAIL, LANE_MAIL];
            let of_a_branch = ends.iter().any(|end| message.to.ends_with(end));
            let lanes = [LANE_PHONE, NIA_PHONE, OLA_PHONE];
            let phones = [&[BRANCH_PHONE, EMERGENCY_PHONE, PROOF_PHONE], &lanes[..]].concat();
            let to = message.to.as_str();
            if of_a_branch || phones.contains(&to) || LAUNCH_PHONES.contains(&to) {
                return false;
            }
            let incident = message.incident.as_deref().unwrap_or_default();
            let due = left.get_mut(incident).and_then(|pages| pages.get_mut(&page(message)));
            match due {
                Some(times) if *times > 0 => {
                    *times -= 1;
                    false
                }
                _ => true,
            }
        };
        let strays = messages.iter().filter(stray).map(|m| format!("{m:?}")).collect();
        Ok(strays)
    }
}

/// The one incident that a delivery opened.
pub(crate) fn opened(delivery: &Delivery) -> Result<String> {
    let decision = delivery.decisions().next();
    let decision = decision.with_context(|| format!("nothing was decided: {delivery:?}"))?;
    ensure!(decision.verdict == "opened", "{decision:?}");
    decision.incident.clone().context("no incident is named")
}

fn page(message: &Message) -> (String, String) {
    let contact = message.contact.as_deref().unwrap_or(message.kind);
    (contact.to_owned(), message.channel.name().to_owned())
}

/// Raises the stage when the first story asks for it, and clears it after the last.
pub(crate) struct Curtain {
    runtime: Runtime,
    /// A stage that could not be raised is not tried again for each story.
    stage: OnceCell<Result<Stage, String>>,
}

impl Curtain {
    pub(crate) fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { runtime, stage: OnceCell::new() })
    }

    /// Plays one story.
    pub(crate) fn play(&self, story: impl AsyncFnOnce(&Stage) -> Result<()>) -> Result<(), Failed> {
        let play = async {
            let raised = self
                .stage
                .get_or_init(async || Box::pin(raise()).await.map_err(|e| format!("{e:#}")))
                .await;
            let stage = raised.as_ref().map_err(|reason| anyhow::anyhow!(reason.clone()))?;
            story(stage).await
        };
        self.runtime.block_on(play).map_err(|error| format!("{error:#}").into())
    }

    /// Every call that a role of the stack was refused.
    pub(crate) fn refused(&self) -> Result<Vec<String>> {
        let Some(Ok(stage)) = self.stage.get() else { return Ok(Vec::new()) };
        let template = std::fs::read_to_string(repository().join("infra").join("muster.yaml"))?;
        let decisions = std::fs::read_to_string(Home::of_this_process().decisions())?;
        let less = std::env::var("MUSTER_WITHOUT").ok();
        refused_calls(&template, &decisions, &stage.system.callers_outside()?, less.as_deref())
    }

    /// What the roles in the template allow of Incident Manager and no story has called, and the other way
    /// round: the local cloud judges no call that it does not play. Which role it is, it cannot say.
    pub(crate) fn idle(&self) -> Result<Vec<String>> {
        let Some(Ok(stage)) = self.stage.get() else { return Ok(Vec::new()) };
        let ours =
            |name: &&str| name.starts_with("ssm-contacts:") || name.starts_with("ssm-incidents:");
        let template = std::fs::read_to_string(repository().join("infra").join("muster.yaml"))?;
        let words = template.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-'));
        // An action is the service and an operation, and no part of an ARN.
        let action = |word: &&str| word.matches(':').count() == 1 && !word.ends_with(':');
        let allowed: BTreeSet<&str> = words.filter(ours).filter(action).collect();
        let called = stage.system.called_outside()?;
        let called: BTreeSet<&str> = called.iter().map(String::as_str).filter(ours).collect();
        // Asked for by two of the others, and no operation.
        let idle =
            allowed.difference(&called).filter(|name| **name != "ssm-contacts:AssociateContact");
        let idle = idle.map(|name| format!("{name} is allowed, and no story calls it"));
        let more = called.difference(&allowed);
        let decisions = std::fs::read_to_string(Home::of_this_process().decisions())?;
        let unneeded = idle_statements(&template, &decisions, &stage.system.callers_outside()?)?;
        Ok(unneeded
            .into_iter()
            .chain(idle)
            .chain(more.map(|name| format!("{name} is called, and no role allows it")))
            .collect())
    }

    /// Kinds of stored items of which the repository keeps none, as faults.
    pub(crate) fn not_kept(&self) -> Result<Vec<String>> {
        let Some(Ok(stage)) = self.stage.get() else { return Ok(Vec::new()) };
        let kinds = self.runtime.block_on(stage.system.stored_kinds_not_kept())?;
        Ok(kinds.iter().map(|kind| format!("no stored item of the kind {kind} is kept")).collect())
    }

    /// Ends the system and returns the messages that no story expected.
    pub(crate) fn fall(&self) -> Result<Vec<String>> {
        match self.stage.get() {
            Some(Ok(stage)) => self.runtime.block_on(stage.strays()),
            _ => Ok(Vec::new()),
        }
    }
}

async fn raise() -> Result<Stage> {
    let options = Options {
        wait_scale: WAIT_SCALE,
        step_scale: Some(STEP_SCALE),
        refusals: true,
        outside: true,
        // It is shared, and stories about it have stacks of their own.
        parameters: &[("IncidentManager", "off")],
        ..Options::at(Home::of_this_process())
    };
    let system = System::start(&options, &Progress::begin()).await?;
    load_roster(&system).await?;
    // Everybody is in many stories at once: the ladder has a story, and people, of its own.
    let high = json!({
        "sms_per_15_minutes": 1000, "calls_per_15_minutes": 1000, "emails_per_minute": 1000
    });
    let (status, answer) = system.api("PUT", "/policy", Some(&high)).await?;
    ensure!(status == 200, "the policy answers {status}: {answer}");
    let expected = Mutex::default();
    let incident_manager = Mutex::default();
    Ok(Stage { system, incident_manager, deliveries: AtomicU32::new(0), expected })
}

/// An expert for an account that nothing happens in, so that no story pages them.
pub(crate) fn expert(name: &str, account: &str) -> Value {
    json!({
        "name": name, "roles": ["subject_matter_expert"],
        "channels": [
            {"type": "email", "address": "expert@example.com"},
            {"type": "voice", "address": "+14255550150"}
        ],
        "time_zone": "America/Lima", "accounts": [account]
    })
}

/// Somebody whom no story pages.
pub(crate) fn bystander(name: &str) -> Value {
    expert(name, "200000000001")
}
