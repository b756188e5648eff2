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
        let request = self.query(credential, &json!({ "query": document }))?;
        let answer: Option<Data> = self.send(request, self.max_response_bytes).await?.optional()?;
        Ok(answer.and_then(|answer| answer.data))
    }

    /// The whole answer to a query that is asked rarely and takes long: the schema's own description.
    ///
    /// # Errors
    /// Transport failures, refusals, and answers of more than `most` bytes.
    pub async fn describe_schema(
        &self,
        credential: &SecretString,
        document: &str,
        operation: &str,
        most: usize,
        patience: Duration,
    ) -> Result<Vec<u8>, GitlabError> {
        let body = json!({ "query": document, "operationName": operation });
        let answer = self.send(self.query(credential, &body)?.timeout(patience), most).await?;
        match answer.status {
            StatusCode::OK => Ok(answer.body),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(GitlabError::Refused { status: answer.status.as_u16() })
            }
            status => Err(GitlabError::Unexpected { status: status.as_u16() }),
        }
    }

    fn query(&self, credential: &SecretString, body: &Value) -> Result<reqwest::RequestBuilder, GitlabError> {
        let request = self.http.post(self.instance.graphql()?).header(CONTENT_TYPE, "application/json");
        Ok(Self::signed(request, credential)?.body(body.to_string()))
    }
}
