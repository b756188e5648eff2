//! Load from `wrk`, bounded in time, on loopback only.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// What one run measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Requests in the whole run.
    pub(crate) requests: f64,
    /// Median latency, microseconds.
    pub(crate) p50: f64,
    /// 99th percentile, microseconds.
    pub(crate) p99: f64,
    /// Answers outside 2xx, and socket errors.
    pub(crate) errors: f64,
}

/// What is asked again and again: `GET` of a path, or `POST` of a body to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// The path.
    pub(crate) path: &'static str,
    /// JSON to send.
    pub(crate) body: Option<&'static str>,
}

/// One run of `seconds` on `http://address/path`, with the header lines of `headers`.
pub(crate) fn run(
    folder: &Path,
    address: &str,
    question: Question,
    headers: &[(&str, &str)],
    seconds: u32,
) -> Result<Load> {
    let script = folder.join("load.lua");
    fs::write(&script, lua(headers, question.body))?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "64", "--latency", "--duration"])
        .arg(format!("{seconds}s"))
        .arg("--script")
        .arg(&script)
        .arg(format!("http://{address}{}", question.path))
        .output()
        .context("cannot run `wrk`: install Debian's package wrk")?;
    ensure!(output.status.success(), "wrk failed: {}", String::from_utf8_lossy(&output.stderr));
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// Headers go through a file, so that a token is in no argument list.
fn lua(headers: &[(&str, &str)], body: Option<&str>) -> String {
    let mut script = String::new();
    for (name, value) in headers {
        script.push_str(&format!("wrk.headers[{name:?}] = {value:?}\n"));
    }
    if let Some(body) = body {
        script.push_str("wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n");
        script.push_str(&format!("wrk.body = [==[{body}]==]\n"));
    }
    script.push_str(
        r#"done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %f %f %f\n", summary.requests / (summary.duration / 1e6), summary.requests,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"#,
    );
    script
}

fn parse(output: &str) -> Result<Load> {
    let line = output.lines().find_map(|line| line.strip_prefix("RESULT ")).context("no result from wrk")?;
    let numbers: Vec<f64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [rate, requests, p50, p99, errors] = numbers[..] else {
        anyhow::bail!("five numbers expected: {line}")
    };
    Ok(Load { rate, requests, p50, p99, errors })
}
