//! Documents as Markdown and HTML, with texts that try to be more.

use super::Document;

fn sample() -> Document {
    let mut document = Document::new("A <plan> & more", "Of *today*");
    document.section("First_section");
    document
        .text("One line.\n1. not a list\n\n<script>alert(1)</script> [link](https://evil.example)");
    document.notice("# Mind |this|");
    document.list(["- nested?", "+ plus", "a@b.example"]);
    document.table("Who", &["Name", "What"], vec![vec!["Ada | Bea".into(), "x\ny".into()]]);
    document.table("Nothing", &["Name"], Vec::new());
    document
}

#[test]
fn markdown_arrives_as_text() {
    insta::assert_snapshot!(sample().markdown());
}

#[test]
fn html_arrives_as_text() {
    let html = sample().html();
    assert!(!html.contains("<script") && !html.contains("http://"));
    let (_, body) = html.split_once("</head>").unwrap();
    insta::assert_snapshot!(body);
}
