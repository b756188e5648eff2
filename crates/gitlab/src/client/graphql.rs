//! Questions in GraphQL.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Client;
use crate::error::GitlabError;

#[derive(Deserialize)]
struct Data {
    data: Option<Value>,
}

impl Client {
    /// The answer to a query, or none where it has no data.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn graphql(
        &self,
        credential: &SecretString,
        document: &str,
    ) -> Result<Option<Value>, GitlabError> {
        let request = Self::signed(self.query(&json!({ "query": document }))?, credential)?;
        let answer: Option<Data> = self.send(request, self.max_response_bytes).await?.optional()?;
        Ok(answer.and_then(|answer| answer.data))
    }

    /// The whole answer to a query that is asked rarely and takes long: the schema's own description. Instances give it to
    /// anybody, unless they show nothing to who isn't signed in.
    ///
    /// # Errors
    /// Transport failures, refusals, and answers of more than `most` bytes.
    pub async fn describe_schema(
        &self,
        credential: Option<&SecretString>,
        document: &str,
        operation: &str,
        most: usize,
        patience: Duration,
    ) -> Result<Vec<u8>, GitlabError> {
        let body = json!({ "query": document, "operationName": operation });
        let request = self.query(&body)?.timeout(patience);
        let request = match credential {
            Some(credential) => Self::signed(request, credential)?,
            None => request,
        };
        let answer = self.send(request, most).await?;
        match answer.status {
            StatusCode::OK => Ok(answer.body),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(GitlabError::Refused { status: answer.status.as_u16() })
            }
            status => Err(GitlabError::Unexpected { status: status.as_u16() }),
        }
    }

    fn query(&self, body: &Value) -> Result<reqwest::RequestBuilder, GitlabError> {
        let request = self.http.post(self.instance.graphql()?).header(CONTENT_TYPE, "application/json");
        Ok(request.body(body.to_string()))
    }
}
