//! What passes the wire: whole, in order, and said to be what it is.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{LIMIT, ask, bench, connect, ended, form, get, read};
use crate::wire::{End, Fault, Kind, Wire};

#[tokio::test]
async fn several_requests_on_one_connection_pass_byte_for_byte() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let big = "x".repeat(3_000_000);
    for body in ["{\"a\":1}", "", &big, "{\"b\":2}"] {
        let (status, answer) = ask(&mut client, &get(body)).await.unwrap();
        assert_eq!((status.as_str(), answer.as_str()), ("200", body));
    }
    let sent = get("{\"a\":1}").replacen("\r\n", "\r\nconnection: close\r\n", 1);
    assert_eq!(service.asked()[0], sent);
    let calls = wire.calls();
    assert_eq!(calls.len(), 4);
    for call in calls {
        assert_eq!(call.operation, "dynamodb:GetItem");
        assert_eq!((call.fault, call.end), (None, Some(End::Answered(200))));
        #[cfg(target_os = "linux")]
        assert_eq!(call.by, Some(std::process::id()));
    }
    wire.clear();
    assert!(wire.calls().is_empty());
}

#[tokio::test]
async fn two_requests_in_one_piece_are_two() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let both = format!("{}{}", get("one"), get("two"));
    assert_eq!(ask(&mut client, &both).await.unwrap().1, "one");
    assert_eq!(ask(&mut client, "").await.unwrap().1, "two");
    assert_eq!(service.asked().len(), 2);
}

#[tokio::test]
async fn numbers_are_refused_and_the_sandbox_is_answered() {
    let (service, wire) = bench().await;
    wire.refuse("+14255550101");
    let mut client = connect(&wire).await;
    let publish = |number: &str| form(&format!("Action=Publish&PhoneNumber=%2B{number}&Message=x"));
    let (status, body) = ask(&mut client, &publish("14255550101")).await.unwrap();
    assert!(status == "400" && body.contains("Invalid parameter: PhoneNumber"), "{body}");
    assert_eq!(ask(&mut client, &publish("14255550102")).await.unwrap().0, "200");
    let account = form("Action=GetSMSSandboxAccountStatus&Version=2010-03-31");
    let (status, body) = ask(&mut client, &account).await.unwrap();
    assert!(status == "200" && body.contains("<IsInSandbox>true</IsInSandbox>"), "{body}");
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn warm_ups_pass_uncounted() {
    let (service, wire) = bench().await;
    wire.arm(Fault::always("dynamodb:", Kind::Fail)).unwrap();
    let mut client = connect(&wire).await;
    let warm = get(r#"{"Key":{"pk":{"S":"warm"}}}"#);
    assert_eq!(ask(&mut client, &warm).await.unwrap().0, "200");
    assert!(wire.calls().is_empty());
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_the_reason() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let (status, reason) = ask(&mut client, chunked).await.unwrap();
    assert_eq!(status, "400");
    assert_eq!(reason, "the wire takes requests of known length only, not chunked ones");
    assert_eq!(wire.calls()[0].end, Some(End::Broken(reason)));
    assert!(service.asked().is_empty());
}

#[tokio::test]
async fn without_a_cloud_behind_it_a_call_is_broken_off() {
    let wire = Wire::start().await.unwrap();
    for reason in ["there is nothing to pass requests on to yet", "takes no connection"] {
        assert_eq!(ask(&mut connect(&wire).await, &get("x")).await, None);
        let end = ended(&wire, 1).await.pop().unwrap().end;
        assert!(matches!(&end, Some(End::Broken(said)) if said.contains(reason)), "{end:?}");
        wire.clear();
        wire.before(nobody().await.port());
    }
}

/// Where nobody listens.
async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_at_once_lose_nothing() {
    let (service, wire) = bench().await;
    let wire = Arc::new(wire);
    let callers = (0..40).map(|caller| {
        let wire = Arc::clone(&wire);
        tokio::spawn(async move {
            let mut client = connect(&wire).await;
            for call in 0..25 {
                let body = format!("{caller}-{call}-{}", "y".repeat(caller * 500));
                let answer = ask(&mut client, &get(&body)).await;
                assert_eq!(answer, Some(("200".to_owned(), body)));
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    assert_eq!((service.asked().len(), wire.calls().len()), (1000, 1000));
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let (service, wire) = bench().await;
    let mut client = connect(&wire).await;
    let request = get("{}");
    let (last, bytes) = request.as_bytes().split_last().unwrap();
    for byte in bytes {
        client.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let last = String::from_utf8(vec![*last]).unwrap();
    assert_eq!(ask(&mut client, &last).await.unwrap().1, "{}");
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_without_a_length_ends_with_its_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let wire = Wire::start().await.unwrap();
    wire.before(listener.local_addr().unwrap().port());
    let service = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        read(&mut client).await.unwrap();
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\nall of it").await.unwrap();
    });
    let mut client = connect(&wire).await;
    client.write_all(get("{}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    let end = tokio::time::timeout(LIMIT, client.read_to_string(&mut answer)).await;
    end.expect("the connection to end").unwrap();
    assert_eq!(answer, "HTTP/1.1 200 OK\r\n\r\nall of it");
    service.await.unwrap();
}
