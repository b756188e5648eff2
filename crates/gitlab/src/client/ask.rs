//! Sends one question and reads its answer within bounds.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use super::Client;
use super::answer::Answer;
use super::build::root_cause;
use crate::error::GitlabError;

impl Client {
    /// `GET`s a path below `/api/v4` once. Nothing is retried: the caller knows better whether it is worth it.
    pub(super) async fn ask(&self, credential: &SecretString, path: &str) -> Result<Answer, GitlabError> {
        let url = self.instance.api(path)?;
        self.send(Self::signed(self.http.get(url), credential)?, self.max_response_bytes).await
    }

    /// The request with its credential.
    pub(super) fn signed(
        request: RequestBuilder,
        credential: &SecretString,
    ) -> Result<RequestBuilder, GitlabError> {
        let accepted = HeaderValue::from_static("application/json");
        Ok(request.header(AUTHORIZATION, bearer(credential)?).header(ACCEPT, accepted))
    }

    /// Sends a request and reads its answer, if it has at most so many bytes.
    pub(super) async fn send(&self, request: RequestBuilder, most: usize) -> Result<Answer, GitlabError> {
        let mut response = request.send().await.map_err(|error| explain(&error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(GitlabError::RateLimited { retry_after: retry_after(&response) });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error))? {
            if body.len() + chunk.len() > most {
                return Err(GitlabError::malformed(format!("more than {most} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

fn bearer(credential: &SecretString) -> Result<HeaderValue, GitlabError> {
    // A credential with line breaks or the like is no credential that an instance could have issued.
    let mut value = HeaderValue::try_from(format!("Bearer {}", credential.expose_secret()))
        .map_err(|_| GitlabError::Refused { status: 401 })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Seconds; the date form of the header is left unread, GitLab does not send it.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn explain(error: &reqwest::Error) -> GitlabError {
    if error.is_timeout() {
        return GitlabError::Timeout;
    }
    match tls_cause(error) {
        Some(reason) => GitlabError::Tls { reason },
        None => GitlabError::Unreachable { reason: root_cause(error) },
    }
}

/// The TLS error inside, which the layers wrap as the payload of an I/O error.
fn tls_cause(error: &reqwest::Error) -> Option<String> {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = next {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls.to_string());
        }
        next = match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}
