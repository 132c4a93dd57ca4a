//! A storm: a thousand findings at once, on a local system of their own, so that nothing else waits for it.

mod thousand;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use rehearsal::{Home, Options, Progress, System};

/// How much shorter waits are.
const WAIT_SCALE: f64 = 0.05;

fn run() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let all = async {
        let home = Home::of_this_process();
        let options = Options { wait_scale: WAIT_SCALE, ..Options::at(home) };
        let system = Box::pin(System::start(&options, &Progress::begin())).await?;
        thousand::of_one_group_are_one_incident_and_people_get_through(&system).await
    };
    runtime.block_on(all).map_err(|error| format!("{error:#}").into())
}

fn main() -> ExitCode {
    let trial = Trial::test("thousand::of_one_group_are_one_incident_and_people_get_through", run);
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
}
