//! Single questions to one instance.

mod answer;
mod ask;
mod build;
mod graphql;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use narrowgate_catalog::Role;
use secrecy::SecretString;
use serde_json::Value;

use crate::error::GitlabError;
use crate::model::{Group, Member, Project, Snippet, TokenSelf, User, Version};
use crate::reference::Reference;
use crate::url::InstanceUrl;

/// How the client talks to its instance.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Certificates (PEM) to trust besides the system's, for an instance with a private authority.
    pub ca_file: Option<PathBuf>,
    /// Longest wait for a connection, TLS included.
    pub connect_timeout: Duration,
    /// Longest wait for a whole answer.
    pub timeout: Duration,
    /// Most bytes read of one answer.
    pub max_response_bytes: usize,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            ca_file: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
            max_response_bytes: 2 * 1024 * 1024,
        }
    }
}

/// Asks one instance, each time with the credential that is passed in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    instance: Arc<InstanceUrl>,
    http: reqwest::Client,
    max_response_bytes: usize,
}

/// Why a client could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ClientSetupError {
    /// The file of certificates could not be read.
    #[error("cannot read the certificates in `{}`: {source}", path.display())]
    CaFile {
        /// The file as configured.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file holds no certificate that TLS accepts.
    #[error("no usable certificate in `{}`", path.display())]
    Certificate {
        /// The file as configured.
        path: PathBuf,
    },
    /// TLS itself could not be set up.
    #[error("cannot set up TLS: {reason}")]
    Tls {
        /// The TLS library's own words.
        reason: String,
    },
}

impl Client {
    /// Sets the client up; no request is made.
    ///
    /// # Errors
    /// When the file of certificates is unusable or TLS cannot be set up.
    pub fn new(instance: InstanceUrl, config: &ClientConfig) -> Result<Self, ClientSetupError> {
        let http = build::http(config)?;
        Ok(Self { instance: Arc::new(instance), http, max_response_bytes: config.max_response_bytes })
    }

    /// The instance that is asked.
    #[must_use]
    pub fn instance(&self) -> &InstanceUrl {
        &self.instance
    }

    /// Whom the credential belongs to.
    ///
    /// # Errors
    /// `Refused` when the instance does not accept the credential.
    pub async fn current_user(&self, credential: &SecretString) -> Result<User, GitlabError> {
        self.ask(credential, "/user").await?.required()
    }

    /// What the credential says about itself; none where it is no personal token or the instance is too old to say.
    ///
    /// # Errors
    /// Transport failures and unreadable answers. A 401 is an answer here, since OAuth tokens get one.
    pub async fn token_self(&self, credential: &SecretString) -> Result<Option<TokenSelf>, GitlabError> {
        match self.ask(credential, "/personal_access_tokens/self").await?.optional() {
            Err(GitlabError::Refused { status: 401 }) => Ok(None),
            answer => answer,
        }
    }

    /// The instance's version.
    ///
    /// # Errors
    /// `Refused` when the instance does not accept the credential.
    pub async fn version(&self, credential: &SecretString) -> Result<Version, GitlabError> {
        self.ask(credential, "/version").await?.required()
    }

    /// A project, or none where the credential's user may not see one.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn project(
        &self,
        credential: &SecretString,
        reference: &Reference,
    ) -> Result<Option<Project>, GitlabError> {
        self.ask(credential, &format!("/projects/{}", reference.to_segment())).await?.optional()
    }

    /// A group, or none where the credential's user may not see one.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn group(
        &self,
        credential: &SecretString,
        reference: &Reference,
    ) -> Result<Option<Group>, GitlabError> {
        // Without this parameter GitLab adds the group's projects, a hundred of them.
        let path = format!("/groups/{}?with_projects=false", reference.to_segment());
        self.ask(credential, &path).await?.optional()
    }

    /// The user's role in a project, direct, inherited or through an invited group; none for strangers.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn project_role(
        &self,
        credential: &SecretString,
        project: u64,
        user: u64,
    ) -> Result<Option<Role>, GitlabError> {
        self.role(credential, &format!("/projects/{project}/members/all/{user}"), user).await
    }

    /// The user's role in a group, direct, inherited or through an invited group; none for strangers.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn group_role(
        &self,
        credential: &SecretString,
        group: u64,
        user: u64,
    ) -> Result<Option<Role>, GitlabError> {
        self.role(credential, &format!("/groups/{group}/members/all/{user}"), user).await
    }

    /// A snippet, which tells whether it belongs to a project or to a user.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn snippet(&self, credential: &SecretString, id: u64) -> Result<Option<Snippet>, GitlabError> {
        self.ask(credential, &format!("/snippets/{id}")).await?.optional()
    }

    /// Any JSON below `/api/v4`; none for 404, and for a 403 that is about the user's role and not the credential.
    /// For the catalogue's look-ups.
    ///
    /// # Errors
    /// Transport failures, refusals and unreadable answers.
    pub async fn get_json(
        &self,
        credential: &SecretString,
        path: &str,
    ) -> Result<Option<Value>, GitlabError> {
        let answer = self.ask(credential, path).await?;
        if answer.is_kept_from_user() { Ok(None) } else { answer.optional() }
    }

    async fn role(
        &self,
        credential: &SecretString,
        path: &str,
        user: u64,
    ) -> Result<Option<Role>, GitlabError> {
        let answer = self.ask(credential, path).await?;
        if answer.is_kept_from_user() {
            return Ok(None);
        }
        match answer.optional::<Member>()? {
            Some(member) if member.id != user => Err(GitlabError::malformed("member of another user")),
            member => Ok(member.map(|member| Role::from_access_level(member.access_level))),
        }
    }
}
