//! A GraphQL document as commands are given it.

use std::io::{Read as _, stdin};
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use narrowgate_graphql::plan::{Fault, PlanError};

use crate::hint::hinted;

/// Which document.
#[derive(Args, Debug)]
#[command(next_help_heading = "GraphQL")]
pub(crate) struct DocumentArgs {
    /// A GraphQL document, instead of a request; `-` reads it from stdin.
    #[arg(long, value_name = "FILE")]
    graphql: Option<PathBuf>,
    /// The values of its variables: a file with a JSON object. They stay out of the list of processes that way.
    #[arg(long, value_name = "FILE", requires = "graphql")]
    variables: Option<PathBuf>,
    /// Which of its operations is meant, where it has several.
    #[arg(long = "operation", value_name = "NAME", requires = "graphql")]
    operation_name: Option<String>,
}

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) query: String,
    pub(crate) variables: Option<String>,
    pub(crate) operation_name: Option<String>,
}

impl DocumentArgs {
    /// Whether the document comes from stdin, where nothing else can come from then.
    pub(crate) fn takes_stdin(&self) -> bool {
        self.graphql.as_deref().is_some_and(|path| path.as_os_str() == "-")
    }

    /// The document, if one is asked about.
    ///
    /// # Errors
    /// When it or its variables can't be read.
    pub(crate) fn read(&self) -> Result<Option<Document>> {
        let Some(path) = &self.graphql else { return Ok(None) };
        let query = if self.takes_stdin() {
            let mut text = String::new();
            stdin().lock().read_to_string(&mut text).context("cannot read the document from stdin")?;
            text
        } else {
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?
        };
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
        };
        let variables = self.variables.as_ref().map(read).transpose()?;
        Ok(Some(Document { query, variables, operation_name: self.operation_name.clone() }))
    }
}

impl Document {
    /// As the gate takes it.
    pub(crate) fn as_asked(&self) -> narrowgate_gate::Document<'_> {
        narrowgate_gate::Document {
            query: &self.query,
            operation_name: self.operation_name.as_deref(),
            variables: self.variables.as_deref(),
        }
    }
}

/// That something can't be told of a document, and why: each complaint on a line of its own, with line and column.
pub(crate) fn complain(what: &str, problem: &PlanError) -> anyhow::Error {
    let lines: String = complaints(problem).iter().map(|complaint| format!("\n  {complaint}")).collect();
    let hint = match problem.fault {
        Fault::Syntax => "correct the document",
        Fault::Limit => "the settings that begin with `graphql_` have the limits",
        Fault::Variables => "give its variables with `--variables FILE`",
        Fault::Unsupported => "the gate carries out queries and mutations",
        Fault::Invalid { unknown_name: true } => "the instance's schema has no such thing",
        Fault::Invalid { unknown_name: false } => {
            "correct the document; `--operation NAME` picks one of several"
        }
    };
    hinted(anyhow!("{what}:{lines}"), hint)
}

/// Each complaint with its line and column.
pub(crate) fn complaints(problem: &PlanError) -> Vec<String> {
    let told = problem.complaints.iter().map(|complaint| match complaint.position {
        Some(position) => format!("{}:{}: {}", position.line, position.column, complaint.message),
        None => complaint.message.to_string(),
    });
    let mut told: Vec<String> = told.collect();
    told.dedup();
    told
}
