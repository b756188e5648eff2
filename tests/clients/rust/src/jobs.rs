//! A running job's token.

use gitlab::Gitlab;
use gitlab::api::projects::jobs::Jobs;

use crate::endpoint::Plain;
use crate::{ask, host, refused};

pub fn job(_: &Gitlab) {
    let token = std::env::var("NARROWGATE_JOB_TOKEN").expect("NARROWGATE_JOB_TOKEN is set");
    // The crate asks for `/job` first.
    let job = Gitlab::new_job_token_insecure(host(), token).expect("the job runs");
    assert!(ask(&job, &Jobs::builder().project(20).build().unwrap()).is_array());
    refused(404, &job, &Jobs::builder().project(22).build().unwrap());
    refused(404, &job, &Plain::get("projects/20/issues"));
}
