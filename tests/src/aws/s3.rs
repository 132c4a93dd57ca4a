//! S3: buckets and objects, addressed by path.

use anyhow::{Result, ensure};
use aws_sigv4::http_request::SignableBody;
use reqwest::Method;

use crate::cloud::{Cloud, Reply};

impl Cloud {
    async fn s3(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Reply> {
        let url = format!("{}{path}", self.root());
        // Hashing fifty megabytes without optimization takes longer than sending them.
        let headers = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
        let signed = SignableBody::UnsignedPayload;
        let reply = self.signed_as("s3", method, &url, &headers, (body, signed)).await?;
        ensure!(reply.status < 300, "S3 answers {} for {path}: {}", reply.status, reply.text);
        Ok(reply)
    }

    /// Makes a bucket.
    pub(crate) async fn create_bucket(&self, bucket: &str) -> Result<()> {
        self.s3(Method::PUT, bucket, Vec::new()).await.map(drop)
    }

    /// Writes an object.
    pub(crate) async fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<()> {
        self.s3(Method::PUT, &format!("{bucket}/{key}"), body).await.map(drop)
    }

    /// Returns the policy of a bucket, as JSON text.
    pub(crate) async fn bucket_policy(&self, bucket: &str) -> Result<String> {
        Ok(self.s3(Method::GET, &format!("{bucket}?policy"), Vec::new()).await?.text)
    }
}
