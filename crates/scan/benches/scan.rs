//! How fast a tree is scanned, beside `grep -E` with the same formats in the same run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use narrowgate_scan::{PatternSettings, Patterns, Scanner, Settings};
use narrowgate_secret::{Prefixes, mint};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

const FILES: usize = 2_000;
const FILE: usize = 100_000;
/// One file in this many holds a token.
const EVERY: usize = 20;
const ROUNDS: usize = 5;

/// The formats as a regular expression; what it can't check is the checksum.
const EXPRESSION: &str = "ng(pat|cbt)-[0-9A-Za-z]{33}|gl(pat|dt|rt|rtr|cbt|ptt|ft|wt|soat|ffct)-[0-9A-Za-z_-]{20,}|\
glimt-[0-9A-Za-z_-]{25}|glagent-[0-9A-Za-z_-]{50}|gloas-[0-9A-Za-z_-]{64}|_gitlab_session=[0-9a-f]{32}";

const WORDS: [&str; 16] = [
    "let ",
    "token",
    " = ",
    "glob-",
    "config",
    "();\n",
    "return ",
    "gitlab",
    "    ",
    "impl ",
    "\"value\"",
    "ngx_",
    "://",
    "0x1f",
    "if (",
    ") {\n",
];

type Cause = Box<dyn std::error::Error>;

fn main() -> Result<(), Cause> {
    let folder = tempfile::tempdir()?;
    let bytes = grow(folder.path())?;
    let megabytes = bytes as f64 / 1e6;
    println!("{FILES} files, {megabytes:.0} MB, {} tokens; best of {ROUNDS} rounds each", FILES / EVERY);
    let grep = best(|| grep(folder.path()))?;
    let one = best(|| scan(folder.path(), 1))?;
    let all = best(|| scan(folder.path(), 0))?;
    for (name, seconds) in [("grep -rE", grep), ("scan, 1 thread", one), ("scan, all threads", all)] {
        println!("{name:<18} {:>8.0} MB/s   {:>6.2} times grep", megabytes / seconds, grep / seconds);
    }
    Ok(())
}

fn grow(folder: &Path) -> Result<usize, Cause> {
    let mut random = StdRng::seed_from_u64(1);
    let mut total = 0;
    for number in 0..FILES {
        let mut text = String::with_capacity(FILE + 100);
        while text.len() < FILE {
            text.push_str(WORDS.get(random.random_range(0..WORDS.len())).unwrap_or(&""));
        }
        if number % EVERY == 0 {
            text.push_str(mint(Prefixes::default().personal(), &mut random).expose());
        }
        total += text.len();
        let below = folder.join(format!("d{}", number % 50));
        fs::create_dir_all(&below)?;
        fs::write(below.join(format!("f{number}.txt")), text)?;
    }
    Ok(total)
}

fn best(run: impl Fn() -> Result<usize, Cause>) -> Result<f64, Cause> {
    let mut seconds = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        assert_eq!(run()?, FILES / EVERY, "every token is found");
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    Ok(seconds)
}

fn scan(folder: &Path, threads: usize) -> Result<usize, Cause> {
    let patterns = Patterns::new(&PatternSettings::default())?;
    let scanner = Scanner::new(patterns, Settings { threads, ..Settings::default() });
    Ok(scanner.scan(&[PathBuf::from(folder)]).findings.len())
}

fn grep(folder: &Path) -> Result<usize, Cause> {
    let mut command = Command::new("grep");
    command.args(["-rEno", EXPRESSION]).arg(folder).env("LC_ALL", "C").stderr(Stdio::null());
    let output = command.output()?;
    Ok(output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count())
}
