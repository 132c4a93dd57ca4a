//! A local system: MiniStack with the deployed stack, and what can be done with it.

use std::fs::File;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use futures::StreamExt as _;
use futures::future::try_join_all;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::answers::{Answer, Delivery, Watch, id};
use crate::cloud::{Cloud, Reply};
use crate::escalation::{Point, next_step, reaches};
use crate::home::{Home, State, sweep};
use crate::messages::{Known, Message, all, queue};
use crate::ministack::{Ministack, Settings, runs};
use crate::options::Options;
use crate::outside::Outside;
use crate::progress::Progress;
use crate::rules::{Rule, deployed, matching};
use crate::stack::{NAME, Stack, deploy, upload};
use crate::waiting::SOON;
use crate::wire::Wire;
use crate::{functions, python};

/// How many events are on their way at a time; each may take a process of its own.
const AT_ONCE: usize = 16;

/// What belongs to the process that starts a system; dropping it ends the system, however far its
/// start has come.
#[derive(Debug)]
struct Host {
    home: Home,
    ministack: Option<Ministack>,
    refusals: Option<Wire>,
    outside: Option<Outside>,
    _lock: File,
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.ministack.take());
        self.home.clear();
    }
}

/// A running system. Dropping one that was started here ends it.
#[derive(Debug)]
pub struct System {
    pub(crate) cloud: Cloud,
    pub(crate) stack: Stack,
    watch: Watch,
    known: Known,
    rules: OnceCell<Vec<Rule>>,
    host: Option<Host>,
}

impl System {
    /// Starts MiniStack, builds and uploads the functions and deploys the stack. The roster is
    /// empty.
    ///
    /// # Errors
    /// What is missing or failed, in one sentence; nothing that was started is left running.
    pub async fn start(options: &Options, progress: &Progress) -> Result<Self> {
        sweep();
        let (home, lock) = (options.home.clone(), options.home.take()?);
        let (ministack, refusals, outside) = (None, None, None);
        let mut host = Host { home, ministack, refusals, outside, _lock: lock };
        let program = python::ministack(progress).await?;
        let functions = functions::build(progress).await?;
        if options.refusals {
            host.refusals = Some(Wire::start().await?);
        }
        if options.outside {
            host.outside =
                Some(Outside::start(&python::models(&program)?, options.wait_scale).await?);
        }
        let sns = host.refusals.as_ref().map(|refusals| refusals.port);
        let outside = host.outside.as_ref().map(|outside| outside.standin.port);
        let wait_scale = options.wait_scale;
        let step_scale = options.step_scale.unwrap_or(wait_scale);
        let settings = Settings { wait_scale, step_scale, sns, outside };
        let ministack = Ministack::start(&program, &host.home, settings);
        let ministack = progress.step("starting MiniStack", ministack).await?;
        if let Some(refusals) = &host.refusals {
            refusals.before(ministack.access.port);
        }
        let mut state = State {
            pid: ministack.pid(),
            access: ministack.access.clone(),
            stack: None,
            background: options.background.then(std::process::id),
            went_well: None,
        };
        host.ministack = Some(ministack);
        host.home.keep(&state)?;
        let cloud = Cloud::new(&state.access)?;
        progress.step("uploading the functions", upload(&cloud, functions)).await?;
        let deploy = deploy(&cloud, NAME, &options.template, options.parameters);
        let stack = progress.step("deploying infra/muster.yaml", deploy).await?;
        state.stack = Some(stack.clone());
        host.home.keep(&state)?;
        Ok(Self::new(cloud, stack, Some(host)))
    }

    /// The system that another process started.
    ///
    /// # Errors
    /// There is none, or it is not ready.
    pub fn attach(home: &Home) -> Result<Self> {
        let state = home.state().filter(|state| runs(state.pid));
        let Some(state) = state else {
            bail!("no local system is up; `cargo local` or `cargo local --detach` starts one");
        };
        let stack = state.stack.context("the local system is still starting")?;
        Ok(Self::new(Cloud::new(&state.access)?, stack, None))
    }

    fn new(cloud: Cloud, stack: Stack, host: Option<Host>) -> Self {
        let (watch, known, rules) = (Watch::default(), Known::default(), OnceCell::new());
        Self { cloud, stack, watch, known, rules, host }
    }

    pub(crate) fn host_outside(&self) -> Option<&Outside> {
        self.host.as_ref()?.outside.as_ref()
    }

    /// Where functions find SNS.
    pub(crate) fn sns_port(&self) -> u16 {
        let refusals = self.host.as_ref().and_then(|host| host.refusals.as_ref());
        refusals.map_or(self.cloud.port(), |wire| wire.port)
    }

    /// Ends the system, if it was started here.
    pub fn stop(self) {
        drop(self);
    }

    /// Returns when MiniStack has ended, which it does only if somebody ends it.
    pub async fn ended(&mut self) {
        let ministack = self.host.as_mut().and_then(|host| host.ministack.as_mut());
        match ministack {
            Some(ministack) => ministack.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Where the API is.
    #[must_use]
    pub fn api_endpoint(&self) -> &str {
        &self.stack.api_endpoint
    }

    /// A signed call of the API: the status, and the body as JSON (a string if it is none).
    ///
    /// # Errors
    /// No answer.
    pub async fn api(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value)> {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let reply = self.api_bytes(method, path, body).await?;
        Ok((reply.status, reply.json()))
    }

    /// A signed call of the API with any bytes as its body: the status and the body.
    ///
    /// # Errors
    /// No answer.
    pub async fn api_text(&self, method: &str, path: &str, body: Vec<u8>) -> Result<(u16, String)> {
        let reply = self.api_bytes(method, path, body).await?;
        Ok((reply.status, reply.text))
    }

    async fn api_bytes(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Reply> {
        let json = [("content-type", "application/json")];
        let headers = if body.is_empty() { &[][..] } else { &json[..] };
        self.api_reply(method, path, headers, body).await
    }

    async fn api_reply(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply> {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
            .with_context(|| format!("{method} is no HTTP method"))?;
        ensure!(path.starts_with('/'), "a path begins with a slash, as /contacts does");
        let url = format!("{}{path}", self.stack.api_endpoint);
        self.cloud.signed("execute-api", method, &url, headers, body).await
    }

    /// A signed call of the API with headers of its own, `content-type` among them if there is a
    /// body: the status, and the body as JSON (a string if it is none).
    ///
    /// # Errors
    /// No answer.
    pub async fn api_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(u16, Value)> {
        let reply = self.api_reply(method, path, headers, body.as_bytes().to_vec()).await?;
        Ok((reply.status, reply.json()))
    }

    /// Delivers an event as EventBridge would, through the deployed rules. Returns when the
    /// functions have answered and, for an incident they opened, the first turn of its escalation
    /// is over.
    ///
    /// # Errors
    /// A failed call, or an incident whose first turn does not end.
    pub async fn send(&self, event: &Value) -> Result<Delivery> {
        let ours = async || {
            let mut rules = deployed(&self.cloud).await?;
            // Rules of a stack beside this one.
            rules.retain(|rule| {
                rule.functions.iter().all(|f| self.stack.logs.contains_key(f))
                    && rule.topics.iter().all(|to| to.topic == self.stack.emergency_topic)
            });
            anyhow::Ok(rules)
        };
        let rules = self.rules.get_or_try_init(ours).await?;
        let rules = matching(&self.cloud, rules, &event.to_string()).await?;
        let calls = rules.iter().flat_map(|rule| rule.functions.iter().map(move |f| (*rule, f)));
        let calls = calls.map(|(rule, function)| self.call(rule, function, event));
        for words in rules.iter().flat_map(|rule| &rule.topics) {
            let sns = aws_sdk_sns::Client::new(&self.cloud.config);
            let tell = sns.publish().topic_arn(&words.topic);
            tell.message(words.about(event)?).send().await?;
        }
        let answers = try_join_all(calls).await?;
        let delivery = Delivery { event_id: id(event).to_owned(), answers };
        for decision in delivery.decisions().filter(|decision| decision.verdict == "opened") {
            let incident = decision.incident.as_deref().unwrap_or_default();
            let paged = self.reaches(incident, Point::Turns(1), SOON).await?;
            let limit = SOON.as_secs();
            ensure!(paged, "incident {incident} was opened but nobody was paged within {limit} s");
        }
        Ok(delivery)
    }

    async fn call(&self, rule: &Rule, function: &str, event: &Value) -> Result<Answer> {
        let (cloud, stack) = (&self.cloud, &self.stack);
        let group = stack.logs.get(function);
        let group = group.with_context(|| format!("{function} is no function of the stack"))?;
        let ticket = self.watch.expect(cloud, stack, group, event).await?;
        let invoked = cloud.invoke_later(function, event).await;
        // What was not handed over is not waited for, but its ticket is given back.
        let limit = if invoked.is_ok() { SOON } else { Duration::ZERO };
        let end = self.watch.end(cloud, stack, ticket, limit).await?;
        invoked.with_context(|| format!("{function} does not take the event"))?;
        Ok(Answer { rule: rule.name.clone(), function: function.to_owned(), end })
    }

    /// Delivers several events, up to sixteen at a time, and hands over what became of each, in
    /// their order.
    pub async fn send_all(&self, events: &[Value], mut each: impl FnMut(Result<Delivery>)) {
        let sends = futures::stream::iter(events).map(|event| self.send(event));
        let mut ends = sends.buffered(AT_ONCE);
        while let Some(end) = ends.next().await {
            each(end);
        }
    }

    /// Every message that left the system so far, oldest first.
    ///
    /// # Errors
    /// A failed call.
    pub async fn messages(&self) -> Result<Vec<Message>> {
        all(&self.cloud, &self.stack, &self.known).await
    }

    /// Every incident, newest first, as the API lists them.
    ///
    /// # Errors
    /// A failed call.
    pub async fn incidents(&self) -> Result<Vec<Value>> {
        let mut incidents = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/incidents?limit=200{cursor}");
            let (status, mut page) = self.api("GET", &path, None).await?;
            ensure!(status == 200, "GET {path} answers {status}: {page}");
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                incidents.extend(items);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(incidents),
            }
        }
    }

    /// The events that a function gave up on, each as Lambda keeps it: `requestPayload` is the
    /// event, `responsePayload` the reason.
    ///
    /// # Errors
    /// A failed call.
    pub async fn failed_events(&self) -> Result<Vec<Value>> {
        let messages = queue(&self.cloud, &self.stack.failed_events).await?;
        let read = |body: &str| serde_json::from_str(body).context("a failed event is no JSON");
        messages.iter().map(|message| read(&message.body)).collect()
    }

    /// Waits until no turn of the incident's escalation is to come, at most `limit`; says whether
    /// that is so.
    ///
    /// # Errors
    /// A failed call.
    pub async fn escalation_ends(&self, incident: &str, limit: Duration) -> Result<bool> {
        self.reaches(incident, Point::End, limit).await
    }

    /// Waits until this many turns of the incident's escalation are over, at most `limit`; says whether that is so.
    ///
    /// # Errors
    /// A failed call.
    pub async fn turns_over(&self, incident: &str, turns: usize, limit: Duration) -> Result<bool> {
        self.reaches(incident, Point::Turns(turns), limit).await
    }

    /// Lets the time until the next step of the incident's escalation be over, once it waits for it.
    ///
    /// # Errors
    /// It does not come to wait, or a failed call.
    pub async fn next_step(&self, incident: &str) -> Result<()> {
        next_step(&self.cloud, incident).await
    }

    async fn reaches(&self, incident: &str, point: Point, limit: Duration) -> Result<bool> {
        reaches(&self.cloud, &self.stack, incident, point, limit).await
    }

    /// From now on, the SMS provider refuses this number.
    ///
    /// # Errors
    /// The system was started without [`Options::refusals`].
    pub fn refuse_number(&self, number: &str) -> Result<()> {
        let refusals = self.host.as_ref().and_then(|host| host.refusals.as_ref());
        refusals.context("this system was started without refusals")?.refuse(number);
        Ok(())
    }
}
