//! What the API refuses before it needs any table: routes, methods, bodies, queries.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insta::assert_json_snapshot;
use lambda_http::request::RequestContext;
use muster_runtime::client;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

/// The answer to a request that never reaches a table; the tables' names lead nowhere.
async fn answer(method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let config = client::config();
    let stores = Stores {
        roster: Roster::new(&config, "none".into()),
        incidents: Incidents::new(&config, "none".into()),
        others: None,
        bus: Bus::new(&config, "none".into()),
        region: "us-east-1".into(),
        scope_prefix: String::new(),
        limits: muster_store::coverage::limits().unwrap(),
    };
    let mut request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
    let signed = json!({
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
        "authorizer": {"iam": {"userArn": "arn:aws:iam::111122223333:user/x"}}
    });
    let context = RequestContext::ApiGatewayV2(serde_json::from_value(signed).unwrap());
    request.extensions_mut().insert(context);
    let response = roster(stores).oneshot(request).await.unwrap();
    let status = response.status();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    let allows = response.headers().contains_key(header::ALLOW);
    assert_eq!(allows, status == StatusCode::METHOD_NOT_ALLOWED);
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["status"], status.as_u16());
    (status, body)
}

#[tokio::test]
async fn unknown_routes_and_wrong_methods() {
    assert_eq!(answer("GET", "/", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer("GET", "/contact", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer("PATCH", "/incidents/x", "").await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer("DELETE", "/contacts", "").await.0, StatusCode::METHOD_NOT_ALLOWED);
    // A report's path leads here with another method only.
    assert_eq!(answer("DELETE", "/evidence", "").await.0, StatusCode::METHOD_NOT_ALLOWED);
    // What is no id names nothing.
    assert_eq!(answer("GET", "/contacts/Ada%20L", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer("POST", "/incidents/A/resolve", "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn bodies_that_are_no_contact() {
    let (status, problem) = answer("POST", "/contacts", "{\"name\": ").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(problem["detail"], "The first error is at line 1, column 9.");
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(256 * 1024));
    assert_eq!(answer("POST", "/contacts", large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    for odd in ["[]", "7", "null", "\"x\""] {
        let (status, problem) = answer("POST", "/contacts", odd).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
        assert_eq!(problem["errors"][0]["field"], "body");
    }
}

#[tokio::test]
async fn five_faults_come_in_one_answer() {
    let contact = json!({
        "name": "", "roles": ["boss"], "time_zone": "Mars/Olympus", "escalation_level": 9,
        "channels": [
            {"type": "sms", "address": "555-0101"}, {"type": "email", "address": "ada@example.com"}
        ]
    });
    let (status, problem) = answer("POST", "/contacts", contact.to_string()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_json_snapshot!(problem);
}

#[tokio::test]
async fn pages_of_lists() {
    for limit in ["0", "201", "-1", "ten", ""] {
        let (status, problem) = answer("GET", &format!("/contacts?limit={limit}"), "").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{limit}");
        assert_eq!(problem["errors"][0]["example"], "50");
    }
    for list in ["/contacts", "/incidents"] {
        let (status, problem) = answer("GET", &format!("{list}?cursor=%21%21"), "").await;
        assert_eq!(
            (status, &problem["errors"][0]["field"]),
            (StatusCode::BAD_REQUEST, &json!("cursor"))
        );
    }
}
