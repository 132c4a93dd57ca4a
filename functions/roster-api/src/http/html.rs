//! The frame of the pages that a link leads to: small, without scripts, legible on a phone.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

/// Nothing may keep the page or learn its address: the token is in it.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
];

/// No colour has less contrast than 4.5 to 1, and nothing to press is smaller than 44 pixels
/// (WCAG 2.2, 1.4.3 and 2.5.5).
const STYLE: &str = "*{box-sizing:border-box}body{font:18px/1.5 system-ui,sans-serif;max-width:36rem;\
margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff;overflow-wrap:anywhere}\
a{display:inline-block}h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}dt{color:#595959}dd{margin:0 0 .6rem}\
label{display:block;font-weight:600;margin-top:.8rem}input,select,textarea{font:inherit;width:100%;\
padding:.6rem;border:1px solid #595959;border-radius:.4rem;color:inherit;background:transparent}\
select{background:#fff}button{font:inherit;font-weight:600;width:100%;min-height:44px;padding:.8rem;\
margin-top:1rem;border:0;border-radius:.5rem;background:#0b5c2e;color:#fff;cursor:pointer}\
button.quiet{background:#e4e8ec;color:#1b1b1b;font-weight:400}button.grave{background:#8f1d1d}\
summary{min-height:44px;padding:.6rem 0;font-weight:600;cursor:pointer}\
:focus-visible{outline:3px solid #1a6dff;outline-offset:3px}ul{padding-left:1.2rem}\
.hint{color:#595959;margin:.2rem 0}.told{border-left:4px solid #0b5c2e;padding:.5rem .8rem;\
background:#e9f5ee}.wrong{border-left:4px solid #8f1d1d;padding:.5rem .8rem;background:#fbeaea}\
@media(prefers-color-scheme:dark){body{background:#111;color:#eee}dt,.hint{color:#b3b3b3}\
select{background:#111}input,select,textarea{border-color:#999}button.quiet{background:#333;\
color:#eee}.told{background:#12301e}.wrong{background:#3a1414}}";

/// A page whose title and body are HTML already.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style>\
         </head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    (status, HEADERS, Html(html)).into_response()
}
