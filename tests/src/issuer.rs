//! An issuer of tokens: OpenID Connect discovery, one key, and bearer tokens signed with it.

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::python;

/// What its tokens are meant for.
pub(crate) const AUDIENCE: &str = "muster";
const KEY_ID: &str = "rehearsal";
/// How long a token is good, in seconds.
const LIFE: i64 = 3_600;

/// The issuer; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// Its address, as tokens name it.
    pub url: String,
    key: RsaKeyPair,
    task: JoinHandle<()>,
}

impl Issuer {
    pub(crate) async fn start() -> Result<Self> {
        let key = python::rsa_key().await?;
        let key = RsaKeyPair::from_pkcs8(&key).map_err(|_| anyhow!("no RSA key"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
        let discovery = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") }).to_string();
        let public: RsaPublicKeyComponents<Vec<u8>> = key.public().into();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let n = part(&public.n);
        let e = part(&public.e);
        let key_set =
            json!({ "keys": [{ "kty": "RSA", "kid": KEY_ID, "alg": "RS256", "n": n, "e": e }] });
        let key_set = key_set.to_string();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // A broken connection is the caller's to notice.
                let _ = answer(client, &discovery, &key_set).await;
            }
        });
        Ok(Self { url, key, task })
    }

    /// A token for `subject` with these scopes, meant for `audience`.
    pub(crate) fn token(&self, subject: &str, scopes: &str, audience: &str) -> Result<String> {
        let now = Timestamp::now().as_second();
        let mut claims = json!({ "iss": self.url, "aud": audience, "iat": now, "exp": now + LIFE });
        for (claim, text) in [("sub", subject), ("scope", scopes)] {
            if !text.is_empty() {
                claims[claim] = text.into();
            }
        }
        let head = json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| anyhow!("the token cannot be signed"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut client: TcpStream, discovery: &str, key_set: &str) -> Result<()> {
    let mut request = vec![0; 4096];
    let length = client.read(&mut request).await?;
    let line = request.get(..length).context("no request")?;
    let body = if line.starts_with(b"GET /keys") { key_set } else { discovery };
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    client.write_all(reply.as_bytes()).await?;
    Ok(())
}
