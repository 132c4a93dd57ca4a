//! Each fault: what the caller sees, and whether the service got the call.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::{LIMIT, Service, ask, bench, connect, ended, form, get, request};
use crate::wire::{End, Fault, Kind, Wire};

#[tokio::test]
async fn a_service_says_no_in_its_own_way_and_applies_nothing() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let start = request("states", "x-amz-target: AWSStepFunctions.StartExecution\r\n", "{}");
    let mail = request("ses", "", "{}").replace("POST /", "POST /v2/email/outbound-emails");
    let (get, publish) = (get("{}"), form("Action=Publish&Message=x"));
    let cases = [
        (&get, Kind::Refuse, "400", "\"AccessDeniedException\""),
        (&get, Kind::Throttle, "400", "\"ProvisionedThroughputExceededException\""),
        (&get, Kind::Fail, "500", "\"InternalServerError\""),
        (&publish, Kind::Refuse, "403", "<Code>AuthorizationError</Code>"),
        (&publish, Kind::Throttle, "400", "<Code>Throttling</Code>"),
        (&publish, Kind::Fail, "500", "<Type>Receiver</Type><Code>InternalError</Code>"),
        (&mail, Kind::Throttle, "429", "\"TooManyRequestsException\""),
        (&start, Kind::Throttle, "400", "\"ThrottlingException\""),
    ];
    for (request, kind, status, said) in cases {
        for operation in ["dynamodb:", "sns:Publish", "ses:SendEmail", "states:"] {
            wire.arm(Fault::once(operation, kind)).unwrap();
        }
        // The connection lives on, as it does after a real refusal.
        let answer = ask(&mut client, request).await.unwrap();
        assert!(answer.0 == status && answer.1.contains(said), "{kind:?}: {answer:?}");
        wire.disarm();
    }
    assert!(service.asked().is_empty());
    assert!(wire.calls().iter().all(|call| call.fault.is_some()));
}

#[tokio::test]
async fn a_fault_comes_at_the_nth_call_so_many_times_and_not_when_disarmed() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let fault = Fault::once("dynamodb:GetItem", Kind::Fail);
    wire.arm(Fault { skip: 1, times: 2, holding: "incidents".to_owned(), ..fault }).unwrap();
    let mut seen = Vec::new();
    for body in ["incidents", "roster", "incidents", "roster", "incidents", "incidents"] {
        seen.push(ask(&mut client, &get(body)).await.unwrap().0);
    }
    assert_eq!(seen, ["200", "200", "500", "200", "500", "200"]);
    wire.arm(Fault::always("dynamodb:GetItem", Kind::Fail)).unwrap();
    assert_eq!(ask(&mut client, &get("x")).await.unwrap().0, "500");
    wire.disarm();
    assert_eq!(ask(&mut client, &get("x")).await.unwrap().0, "200");
    assert_eq!(service.asked().len(), 5);
}

#[tokio::test]
async fn a_cut_call_is_applied_and_unanswered() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    wire.arm(Fault::once("dynamodb:GetItem", Kind::Cut)).unwrap();
    assert_eq!(ask(&mut client, &get("x")).await, None);
    assert_eq!(service.asked().len(), 1);
    assert_eq!(ended(&wire, 1).await[0].end, Some(End::Cut(200)));
}

#[tokio::test]
async fn a_delayed_call_is_late() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let long = Duration::from_millis(200);
    wire.arm(Fault::once("dynamodb:GetItem", Kind::Delay(long))).unwrap();
    let began = Instant::now();
    assert_eq!(ask(&mut client, &get("x")).await.unwrap().1, "x");
    assert!(began.elapsed() >= long);
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn a_delayed_call_is_applied_though_its_caller_has_gone() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let long = Duration::from_millis(200);
    wire.arm(Fault::once("dynamodb:GetItem", Kind::Delay(long))).unwrap();
    client.write_all(get("x").as_bytes()).await.unwrap();
    while wire.calls().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(client);
    assert!(service.asked().is_empty());
    ended(&wire, 1).await;
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn a_delay_holds_up_nobody_else_and_ends_with_the_wire() {
    let (service, wire) = bench().await;
    let (mut held, mut other) = (connect(&wire).await, connect(&wire).await);
    wire.arm(Fault::once("dynamodb:GetItem", Kind::Delay(LIMIT * 10))).unwrap();
    held.write_all(get("held").as_bytes()).await.unwrap();
    while wire.calls().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(ask(&mut other, &get("other")).await.unwrap().1, "other");
    drop(wire);
    assert_eq!(ask(&mut held, "").await, None);
    assert_eq!(service.asked().len(), 1);
}

/// A process that asks once over a connection of its own and says what it hears.
#[cfg(target_os = "linux")]
fn caller(wire: &Wire) -> Child {
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{}; printf %s \"$0\" >&3; read -r line <&3; echo \"heard $line\"",
        wire.port
    );
    let request = get("{}");
    let command = &mut Command::new("bash");
    command.args(["-c", &script, &request]).stdout(Stdio::piped()).kill_on_drop(true);
    command.spawn().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_caller_is_killed_before_or_after_its_call_is_applied() {
    use std::os::unix::process::ExitStatusExt as _;

    for (kind, unsaid) in [(Kind::KillBefore, None), (Kind::KillAfter, Some(200))] {
        let (service, wire) = bench().await;
        wire.arm(Fault::once("dynamodb:GetItem", kind)).unwrap();
        let child = caller(&wire);
        let pid = child.id();
        let output = tokio::time::timeout(LIMIT, child.wait_with_output()).await.unwrap().unwrap();
        assert_eq!((output.status.signal(), output.stdout.as_slice()), (Some(9), &b""[..]));
        assert_eq!(service.asked().len(), usize::from(unsaid.is_some()), "{kind:?}");
        let call = ended(&wire, 1).await.remove(0);
        assert_eq!((call.by, call.end), (pid, Some(End::Killed(unsaid))));
        // The next process of that function finds everything well.
        let output = caller(&wire).wait_with_output().await.unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "heard HTTP/1.1 200 OK");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_no_function_is_not_killed_and_the_test_can_see_it() {
    let service = Service::start().await;
    let wire = Wire::start().await.unwrap();
    wire.before(service.port);
    wire.arm(Fault::once("dynamodb:GetItem", Kind::KillBefore)).unwrap();
    let output = caller(&wire).wait_with_output().await.unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "heard");
    let Some(End::Broken(reason)) = ended(&wire, 1).await[0].end.clone() else { panic!() };
    assert!(reason.ends_with("bash, is no function"), "{reason}");
    assert!(service.asked().is_empty());
}
