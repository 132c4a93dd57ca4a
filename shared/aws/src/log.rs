//! Log lines: one JSON object each, a sentence and stable fields.
//!
//! Never logged: names, phone numbers, e-mail addresses, tokens, whole events or bodies.

use tracing_subscriber::EnvFilter;

/// Starts logging to standard output, where Lambda collects it. `RUST_LOG` sets what is kept;
/// `info` of our own crates and warnings of the rest are the default. The SDK's own events below
/// warnings carry whole requests, so they stay off; the runtime's are the debug text of failures,
/// which the functions report themselves, in sentences.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("warn,lambda_runtime=off,muster_aws=info,roster_api=info,finding_responder=info,pager=info,announcer=info,incident_manager_sync=info,incident_mirror=info,roster_review=info")
    });
    let started = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_current_span(false)
        .with_span_list(false)
        .try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}
