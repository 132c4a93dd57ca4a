//! A server that keeps what it receives and answers byte by byte as a test says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens on a connection after a request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// These bytes, and the end of the connection.
    Whole(String),
    /// These bytes, and silence on an open connection.
    Silent(String),
    /// These bytes, and others until the client closes.
    Endless(String),
}

impl<T: AsRef<str> + ?Sized> From<&T> for Answer {
    fn from(text: &T) -> Self {
        Self::Whole(text.as_ref().to_owned())
    }
}

pub(super) fn then_nothing(text: &str) -> Answer {
    Answer::Silent(text.to_owned())
}

pub(super) fn then_endless(text: &str) -> Answer {
    Answer::Endless(text.to_owned())
}

/// Server with one answer for each connection. It ends with the last one.
#[derive(Debug)]
pub(super) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start<T: Clone + Into<Answer>>(answers: &[T]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: Vec<Answer> = answers.iter().cloned().map(Into::into).collect();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read(&mut stream).await;
                kept.lock().unwrap().push(request);
                write(&mut stream, answer).await;
            }
        });
        Self { port, requests, task }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until every answer was written.
    pub(super) async fn finished(mut self) {
        (&mut self.task).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads until the body has its length, or what came is no HTTP at all.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            if count == 0 || !text.starts_with("POST") {
                return text;
            }
            continue;
        };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        if count == 0 || bytes.len() >= head.len() + 4 + length {
            return text;
        }
    }
}

/// Failed writes are the client's way to say that it has enough.
async fn write(stream: &mut TcpStream, answer: Answer) {
    match answer {
        Answer::Whole(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Answer::Silent(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        Answer::Endless(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
        }
    }
}
