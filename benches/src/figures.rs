//! Runs contenders under criterion and puts their figures side by side.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use criterion::{Bencher, BenchmarkId, Criterion};

/// The figures of one bench.
pub struct Figures {
    criterion: Criterion,
    directory: PathBuf,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    question: String,
    contender: String,
    /// Nanoseconds for one operation.
    median: f64,
    /// The same of the fastest sample, which suffers least from a machine with other work.
    fastest: f64,
}

impl Figures {
    /// The name under which our own figures stand; ratios are against it.
    pub const OURS: &'static str = "narrowgate";

    /// Starts a bench; criterion's estimates are kept in `directory`.
    #[must_use]
    pub fn new(title: &str, directory: &str) -> Self {
        let directory = PathBuf::from(directory).join("figures");
        let criterion = Criterion::default()
            .output_directory(&directory)
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(2))
            .sample_size(50);
        Self { criterion, directory, title: title.to_owned(), rows: Vec::new() }
    }

    /// Measures one contender on one question; `operations` is how many the routine does in one go.
    ///
    /// # Errors
    /// If criterion's estimate can't be read back.
    pub fn measure(
        &mut self,
        question: &str,
        contender: &str,
        operations: usize,
        mut routine: impl FnMut(&mut Bencher<'_>),
    ) -> Result<()> {
        let mut group = self.criterion.benchmark_group(plain(&format!("{} {question}", self.title)));
        group.bench_function(BenchmarkId::from_parameter(plain(contender)), |bencher| routine(bencher));
        group.finish();
        let median = self.read_median(question, contender)? / operations as f64;
        let fastest = self.read_fastest(question, contender)? / operations as f64;
        self.rows.push(Row {
            question: question.to_owned(),
            contender: contender.to_owned(),
            median,
            fastest,
        });
        Ok(())
    }

    fn read_median(&self, question: &str, contender: &str) -> Result<f64> {
        let median = self.read(question, contender, "estimates.json")?;
        let median = median.pointer("/median/point_estimate").and_then(serde_json::Value::as_f64);
        median.context("criterion left no median")
    }

    fn read_fastest(&self, question: &str, contender: &str) -> Result<f64> {
        let samples = self.read(question, contender, "sample.json")?;
        let list = |name: &str| samples.get(name).and_then(serde_json::Value::as_array).into_iter().flatten();
        let numbers = list("times").zip(list("iters"));
        let each = numbers.filter_map(|(time, count)| Some(time.as_f64()? / count.as_f64()?));
        each.min_by(f64::total_cmp).context("criterion left no samples")
    }

    fn read(&self, question: &str, contender: &str, file: &str) -> Result<serde_json::Value> {
        let group = self.directory.join(plain(&format!("{} {question}", self.title)));
        let path = group.join(plain(contender)).join("new").join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// The table: each question, each contender, median and fastest sample, and how many times ours the latter is.
    #[must_use]
    pub fn table(&self) -> String {
        let mut lines = vec![
            format!(
                "{}: one run; the ratio is that of the fastest samples, against {}",
                self.title,
                Self::OURS
            ),
            format!(
                "{:<28} {:<28} {:>14} {:>14} {:>9}",
                "question", "contender", "median", "fastest", "ratio"
            ),
        ];
        lines.extend(self.rows.iter().map(|row| {
            let ratio = self
                .ours(&row.question)
                .map_or_else(String::new, |ours| format!("{:.1}", row.fastest / ours));
            let (median, fastest) = (format!("{:.1} ns", row.median), format!("{:.1} ns", row.fastest));
            format!("{:<28} {:<28} {median:>14} {fastest:>14} {ratio:>9}", row.question, row.contender)
        }));
        lines.join("\n")
    }

    fn ours(&self, question: &str) -> Option<f64> {
        let ours = |row: &&Row| row.question == question && row.contender == Self::OURS;
        self.rows.iter().find(ours).map(|row| row.fastest)
    }
}

/// A name that is also a plain file name.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
