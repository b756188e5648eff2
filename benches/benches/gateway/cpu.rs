//! CPU time of a process and its children, from `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The kernel's `USER_HZ`: 100 on every Linux that Debian ships.
const TICKS_PER_SECOND: f64 = 100.0;

/// User and system time together.
pub(crate) type CpuTime = Duration;

/// What `pid` and its direct children have spent.
pub(crate) fn of_tree(pid: u32) -> Result<CpuTime> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let mut total = of(pid)?;
    for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
        total += of(child).unwrap_or_default();
    }
    Ok(total)
}

fn of(pid: u32) -> Result<CpuTime> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(") ").context("malformed stat")?.1;
    let ticks: u32 =
        after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(Duration::from_secs_f64(f64::from(ticks) / TICKS_PER_SECOND))
}
