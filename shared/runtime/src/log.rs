//! Log lines: one JSON object each, a sentence and stable fields.
//!
//! Never logged: names, phone numbers, e-mail addresses, tokens, whole events or bodies.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Targets are matched by how they begin: all crates of the workspace are named `muster-…`.
const KEPT: &str = "warn,lambda_runtime=off,muster=info";

/// Starts logging to standard output, where Lambda collects it. `RUST_LOG` sets what is kept;
/// `info` of our own crates and warnings of the rest are the default. The SDK's own events below
/// warnings carry whole requests, so they stay off; the runtime's are the debug text of failures,
/// which the functions report themselves, in sentences.
pub fn start() {
    let asked = std::env::var("RUST_LOG").ok().and_then(|kept| kept.parse().ok());
    let kept: Targets = asked.or_else(|| KEPT.parse().ok()).unwrap_or_default();
    let lines =
        tracing_subscriber::fmt::layer().json().with_current_span(false).with_span_list(false);
    let started = tracing_subscriber::registry().with(lines).with(kept).try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}
