//! What a token is.

/// What kind of token was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Narrowgate's personal, project or group token.
    Narrowgate,
    /// Narrowgate's job token.
    NarrowgateJob,
    /// GitLab's personal, impersonation, project or group access token.
    Personal,
    /// Secret of an OAuth application.
    OauthSecret,
    /// Deploy token.
    Deploy,
    /// Runner authentication token.
    Runner,
    /// Runner registration token.
    RunnerRegistration,
    /// CI job token.
    Job,
    /// Pipeline trigger token.
    Trigger,
    /// Feed token.
    Feed,
    /// Incoming mail token.
    IncomingMail,
    /// Token of the agent for Kubernetes.
    Agent,
    /// Workspace token.
    Workspace,
    /// SCIM token.
    Scim,
    /// Token of a feature flags client.
    FeatureFlags,
    /// Session cookie.
    Session,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Narrowgate,
        Self::NarrowgateJob,
        Self::Personal,
        Self::OauthSecret,
        Self::Deploy,
        Self::Runner,
        Self::RunnerRegistration,
        Self::Job,
        Self::Trigger,
        Self::Feed,
        Self::IncomingMail,
        Self::Agent,
        Self::Workspace,
        Self::Scim,
        Self::FeatureFlags,
        Self::Session,
    ];

    /// The name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Narrowgate => "narrowgate_access_token",
            Self::NarrowgateJob => "narrowgate_job_token",
            Self::Personal => "gitlab_access_token",
            Self::OauthSecret => "gitlab_oauth_app_secret",
            Self::Deploy => "gitlab_deploy_token",
            Self::Runner => "gitlab_runner_token",
            Self::RunnerRegistration => "gitlab_runner_registration_token",
            Self::Job => "gitlab_job_token",
            Self::Trigger => "gitlab_trigger_token",
            Self::Feed => "gitlab_feed_token",
            Self::IncomingMail => "gitlab_incoming_mail_token",
            Self::Agent => "gitlab_agent_token",
            Self::Workspace => "gitlab_workspace_token",
            Self::Scim => "gitlab_scim_token",
            Self::FeatureFlags => "gitlab_feature_flags_token",
            Self::Session => "gitlab_session_cookie",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Narrowgate => "Narrowgate access token",
            Self::NarrowgateJob => "Narrowgate job token",
            Self::Personal => "GitLab access token",
            Self::OauthSecret => "GitLab OAuth application secret",
            Self::Deploy => "GitLab deploy token",
            Self::Runner => "GitLab runner token",
            Self::RunnerRegistration => "GitLab runner registration token",
            Self::Job => "GitLab CI job token",
            Self::Trigger => "GitLab pipeline trigger token",
            Self::Feed => "GitLab feed token",
            Self::IncomingMail => "GitLab incoming mail token",
            Self::Agent => "GitLab agent token",
            Self::Workspace => "GitLab workspace token",
            Self::Scim => "GitLab SCIM token",
            Self::FeatureFlags => "GitLab feature flags client token",
            Self::Session => "GitLab session cookie",
        }
    }

    /// Whether Narrowgate issued it, and can revoke it.
    #[must_use]
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Narrowgate | Self::NarrowgateJob)
    }
}

/// What a token's checksum says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Checksum {
    /// It fits: certainly a token.
    Valid,
    /// It does not fit: mistyped, cut, or made up.
    Mismatched,
    /// The format has none.
    Absent,
}

impl Checksum {
    /// The name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Mismatched => "mismatched",
            Self::Absent => "absent",
        }
    }
}
