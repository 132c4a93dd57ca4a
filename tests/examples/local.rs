//! `cargo local`: the whole system on this machine, started, watched and ended.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Parser, Subcommand};
use muster_domain::finding::Finding;
use muster_domain::incident::verdict::Reason;
use rehearsal::tell;
use rehearsal::{
    Background, Delivery, End, Home, Options, Progress, System, complain, events, findings, say,
};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};

/// Muster's whole system on one machine.
///
/// Without a command: starts it, tells the story of one finding, and stays up until Ctrl-C.
#[derive(Parser)]
#[command(name = "cargo local", args_conflicts_with_subcommands = true)]
struct Line {
    #[command(flatten)]
    up: Up,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct Up {
    /// End after the story; fail unless each expected page, and no other, was sent
    #[arg(long, conflicts_with = "detach")]
    once: bool,
    /// Leave the system up after the story, and return
    #[arg(long)]
    detach: bool,
    /// The process that `--detach` starts: it holds the system, and ends with it
    #[arg(long, hide = true, conflicts_with_all = ["once", "detach"])]
    background: bool,
    /// What each second of an escalation's wait takes, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0.05)]
    wait_scale: f64,
}

#[derive(Subcommand)]
enum Command {
    /// End the system
    Down,
    /// Deliver event files as EventBridge would, through the deployed rules
    Send {
        /// Files with one `EventBridge` envelope or several; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Say what Muster reads in files of events or exported findings, also inside messages of SNS and SQS; needs
    /// no system, and fails if something is not read or if no file holds a finding
    Read {
        /// Files; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List every message that left the system
    Pages {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// List the incidents
    Incidents {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Make a signed API call; print status and body
    Api {
        /// GET, POST, PUT or DELETE
        method: String,
        /// Such as /contacts
        path: String,
        /// The body, or @ and the name of its file (@- is standard input)
        body: Option<String>,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let told = Cell::new(None);
    let end = runtime.block_on(async {
        tokio::select! {
            end = run(line, &told) => end,
            // Dropped, the work ends what it has started.
            () = interrupted() => {
                complain("interrupted: everything that was started is ended");
                Ok(told.get().unwrap_or(ExitCode::from(130)))
            }
        }
    });
    runtime.shutdown_background();
    end.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> ExitCode {
    complain(format_args!("failed: {error:#}"));
    ExitCode::FAILURE
}

/// Returns at Ctrl-C, or when asked to end in another way.
async fn interrupted() {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let mut signals: Vec<_> = kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect();
    let any = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures::future::select_all(any).await;
}

async fn run(line: Line, told: &Cell<Option<ExitCode>>) -> Result<ExitCode> {
    match line.command {
        None => Box::pin(up(&line.up, told)).await,
        Some(Command::Down) => {
            let ended = Home::local().end();
            say(if ended { "The local system is down." } else { "No local system was up." });
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Send { files }) => send(&files).await,
        Some(Command::Read { files }) => Ok(read(&files)),
        Some(Command::Pages { json }) => pages(json).await,
        Some(Command::Incidents { json }) => incidents(json).await,
        Some(Command::Api { method, path, body }) => api(&method, &path, body.as_deref()).await,
    }
}

/// Once the story is told, `told` is how it went: from then on an interruption is a regular end.
async fn up(up: &Up, told: &Cell<Option<ExitCode>>) -> Result<ExitCode> {
    let progress = Progress::begin();
    ensure!(up.wait_scale.is_finite() && up.wait_scale >= 0.0, "--wait-scale must not be negative");
    if up.detach {
        return detach(up).await;
    }
    let options = Options {
        wait_scale: up.wait_scale,
        outside: true,
        background: up.background,
        ..Options::at(Home::local())
    };
    let mut system = System::start(&options, &progress).await?;
    let story = tell(&system, &progress).await?;
    let code = if story.went_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if up.once {
        return Ok(code);
    }
    say(format_args!("\nThe system is up: {}", system.api_endpoint()));
    say("  cargo local send events/guardduty/critical-attack-sequence.json");
    say("  cargo local pages");
    say("  cargo local incidents");
    say("  cargo local api GET /contacts");
    say("  cargo local api GET /incident-manager");
    say(if up.background { "`cargo local down` ends it." } else { "Ctrl-C ends it." });
    told.set(Some(code));
    if up.background {
        Home::local().note_told(story.went_well())?;
    }
    system.ended().await;
    progress.note("the local system was ended");
    Ok(code)
}

/// Starts the system in a process of its own, since the stand-in has to outlive this one, and passes on what that
/// says until its story is told.
async fn detach(up: &Up) -> Result<ExitCode> {
    let scale = up.wait_scale.to_string();
    let mut background = Background::start(&["--background", "--wait-scale", &scale])?;
    let well = background.told(&Home::local()).await?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The text of a file, or standard input.
fn text(file: &Path) -> Result<String> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    text.with_context(|| format!("cannot read {}", file.display()))
}

/// Says what is read in each file; fails if anything in one of them is not read, or if no file holds a finding.
fn read(files: &[PathBuf]) -> ExitCode {
    let (mut code, mut any) = (ExitCode::SUCCESS, false);
    for file in files {
        let found = match text(file) {
            Ok(text) => findings(&text),
            Err(error) => vec![Err(error.root_cause().to_string())],
        };
        if found.is_empty() {
            say(format_args!("{}: no finding in it", file.display()));
        }
        any |= !found.is_empty();
        for finding in found {
            let line = finding.map_or_else(
                |sentence| {
                    code = ExitCode::FAILURE;
                    format!("not read: {sentence}")
                },
                |finding| described(&finding),
            );
            say(format_args!("{}: {line}", file.display()));
        }
    }
    if any { code } else { ExitCode::FAILURE }
}

fn described(finding: &Finding) -> String {
    let quiet = finding.inactive_reason.map(|quiet| format!(" ({})", Reason::from(quiet).name()));
    format!(
        "{} {} {}{} {}",
        finding.severity.name(),
        finding.incident_type.name(),
        finding.finding_type,
        quiet.unwrap_or_default(),
        finding.identity
    )
}

async fn send(files: &[PathBuf]) -> Result<ExitCode> {
    let system = System::attach(&Home::local())?;
    let mut all = Vec::new();
    for file in files {
        all.extend(events(&text(file)?).with_context(|| file.display().to_string())?);
    }
    let mut answered = true;
    let mut ids = all.iter().map(|event| event["id"].as_str().unwrap_or("event without an id"));
    system
        .send_all(&all, |end| {
            let id = ids.next().unwrap_or_default();
            match end {
                Ok(delivery) => answered &= report(id, &delivery),
                Err(error) => {
                    answered = false;
                    say(format_args!("{id}: not delivered: {error:#}"));
                }
            }
        })
        .await;
    Ok(if answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says what became of an event, and whether every function answered.
fn report(id: &str, delivery: &Delivery) -> bool {
    if delivery.answers.is_empty() {
        say(format_args!("{id}: no deployed rule matches; nothing was invoked"));
    }
    let mut answered = true;
    for answer in &delivery.answers {
        let end = match &answer.end {
            End::Decided(decisions) => {
                let words = decisions.iter().map(|decision| {
                    let parts = [&decision.reason, &decision.incident];
                    let parts = parts.into_iter().flatten().map(String::as_str);
                    std::iter::once(decision.verdict.as_str()).chain(parts).collect::<Vec<_>>()
                });
                words.map(|words| words.join(" ")).collect::<Vec<_>>().join(", ")
            }
            End::Failed(reason) => format!("failed, kept in the queue of failed events: {reason}"),
            End::Silent(limit) => {
                answered = false;
                format!("no answer within {} s; see .local/ministack.log", limit.as_secs())
            }
        };
        say(format_args!("{id}: rule {} -> {}: {end}", answer.rule, answer.function));
    }
    answered
}

async fn pages(as_json: bool) -> Result<ExitCode> {
    for message in System::attach(&Home::local())?.messages().await? {
        if as_json {
            say(serde_json::to_string(&message)?);
            continue;
        }
        let at = message.at.map_or_else(|| "at some time".to_owned(), |at| format!("{at:.0}"));
        let channel = serde_json::to_value(message.channel)?;
        let whom = [&message.contact, &message.incident].into_iter().flatten();
        let whom = whom.map(String::as_str).collect::<Vec<_>>().join(" ");
        let channel = channel.as_str().unwrap_or_default();
        say(format_args!("{at}  {channel:<5} {:<9} {}  {whom}", message.kind, message.to));
        say(format_args!("    {}", message.text.lines().next().unwrap_or_default()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn incidents(as_json: bool) -> Result<ExitCode> {
    const FIELDS: [&str; 7] =
        ["id", "status", "severity", "type", "account", "finding_count", "opened_at"];
    for incident in System::attach(&Home::local())?.incidents().await? {
        let field = |name: &&str| ((*name).to_owned(), incident[*name].clone());
        if as_json {
            say(Value::Object(FIELDS.iter().map(field).collect()));
            continue;
        }
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let parts: Vec<_> = FIELDS.iter().map(|name| text(incident[*name].clone())).collect();
        say(parts.join("  "));
    }
    Ok(ExitCode::SUCCESS)
}

async fn api(method: &str, path: &str, body: Option<&str>) -> Result<ExitCode> {
    let system = System::attach(&Home::local())?;
    let body = match body.map(|body| (body, body.strip_prefix('@'))) {
        None => Vec::new(),
        Some((_, Some("-"))) => std::io::read_to_string(std::io::stdin())?.into_bytes(),
        Some((_, Some(file))) => {
            std::fs::read(file).with_context(|| format!("cannot read {file}"))?
        }
        Some((body, None)) => body.as_bytes().to_vec(),
    };
    let (status, text) = system.api_text(method, path, body).await?;
    say(status);
    if !text.is_empty() {
        say(text.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
