//! CPU time of a process and its children, from `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// User and system time together.
pub(crate) type CpuTime = Duration;

/// What `pid` and its direct children have spent. Threads that have ended don't count: no server here ends any.
pub(crate) fn of_tree(pid: u32) -> Result<CpuTime> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let mut total = of(pid)?;
    for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
        total += of(child).unwrap_or_default();
    }
    Ok(total)
}

/// By the scheduler's own count in nanoseconds: the times in `stat` are sampled where the kernel counts ticks.
fn of(pid: u32) -> Result<CpuTime> {
    let mut total = CpuTime::ZERO;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let on_cpu = text.split(' ').next().and_then(|number| number.parse().ok());
        total += CpuTime::from_nanos(on_cpu.context("malformed schedstat")?);
    }
    Ok(total)
}
