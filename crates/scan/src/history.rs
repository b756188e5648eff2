//! The history of a Git repository: every object that its refs reach, each once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use gix::objs::{Kind, TagRefIter, tree::EntryKind};
use gix::{ObjectId, Repository};

use crate::archive::open_slice;
use crate::collect::Collector;
use crate::feed::{Buffer, feed_slice};
use crate::finding::SkipReason;
use crate::origin::{InHistory, Origin};

/// How many objects a thread takes at once, and how many such packets may wait.
const PACKET: usize = 64;
const WAITING: usize = 16;
/// Trees and commits are read along their deltas: this much of them is kept.
const OBJECT_CACHE: usize = 16 << 20;

/// The history could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the Git history of `{}`", path.display())]
pub struct HistoryError {
    path: PathBuf,
    source: Box<dyn std::error::Error + Send + Sync>,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An object to look through, and where it stands.
type Job = (ObjectId, InHistory);

/// Looks through the history of the repository at `path`.
pub(crate) fn scan(collector: &Collector<'_>, path: &Path, threads: usize) -> Result<(), HistoryError> {
    let failed = |source: Cause| HistoryError { path: path.to_owned(), source };
    let repository = gix::ThreadSafeRepository::discover(path).map_err(|error| failed(Box::new(error)))?;
    let origin = Origin::file(path);
    let (sender, receiver) = sync_channel(WAITING);
    let receiver = Arc::new(Mutex::new(receiver));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let receiver = Arc::clone(&receiver);
            let (repository, origin) = (&repository, &origin);
            scope.spawn(move || work(collector, origin, &repository.to_thread_local(), &receiver));
        }
        // The threads alone receive: without them, sending fails and does not wait.
        drop(receiver);
        let mut local = repository.to_thread_local();
        local.object_cache_size(OBJECT_CACHE);
        let jobs = Jobs { sender, packet: Vec::with_capacity(PACKET) };
        let seen = HashSet::new();
        // The sender goes with this, and that ends the threads.
        Walk { collector, origin: &origin, repository: &local, seen, jobs }.run().map_err(failed)
    })
}

fn work(
    collector: &Collector<'_>,
    origin: &Origin,
    repository: &Repository,
    receiver: &Mutex<Receiver<Vec<Job>>>,
) {
    let mut buffer = Buffer::new();
    loop {
        let packet = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(packet) = packet else { return };
        for (id, place) in packet {
            look_through(collector, &origin.within(place), repository, id, &mut buffer);
        }
    }
}

fn look_through(
    collector: &Collector<'_>,
    origin: &Origin,
    repository: &Repository,
    id: ObjectId,
    buffer: &mut Buffer,
) {
    let size = repository.find_header(id).map(|header| header.size());
    match size {
        Ok(size) if size > collector.limits.held => collector.skipped(origin, SkipReason::Large(size)),
        Ok(_) => match repository.find_object(id) {
            Ok(object) => open_slice(collector, origin, &object.data, buffer),
            Err(error) => collector.unreadable(origin, &error),
        },
        Err(error) => collector.unreadable(origin, &error),
    }
}

/// What the threads are to look through.
struct Jobs {
    sender: SyncSender<Vec<Job>>,
    packet: Vec<Job>,
}

impl Jobs {
    fn push(&mut self, job: Job) {
        self.packet.push(job);
        if self.packet.len() >= PACKET {
            self.flush();
        }
    }

    fn flush(&mut self) {
        // Fails only when every thread panicked, and then the scope panics too.
        let _ = self.sender.send(std::mem::replace(&mut self.packet, Vec::with_capacity(PACKET)));
    }
}

/// Finds the objects. What it holds of each is its id.
struct Walk<'w, 's> {
    collector: &'w Collector<'s>,
    origin: &'w Origin,
    repository: &'w Repository,
    seen: HashSet<ObjectId>,
    jobs: Jobs,
}

impl Walk<'_, '_> {
    fn run(mut self) -> Result<(), Cause> {
        let tips = self.tips()?;
        let mut commits = Vec::new();
        for commit in self.repository.rev_walk(tips).all()? {
            commits.push(commit?.id);
        }
        // Oldest first, so that what is found is named by the commit that brought it.
        for commit in commits.into_iter().rev() {
            self.commit(commit)?;
        }
        self.jobs.flush();
        Ok(())
    }

    /// The commits that refs name, directly or through tags; what else they name is looked at on the way.
    fn tips(&mut self) -> Result<Vec<ObjectId>, Cause> {
        let mut named: Vec<ObjectId> = self.repository.head_id().map(gix::Id::detach).into_iter().collect();
        for reference in self.repository.references()?.all()? {
            named.extend(reference?.try_id().map(gix::Id::detach));
        }
        let mut tips = Vec::new();
        while let Some(id) = named.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            let object = self.repository.find_object(id)?;
            match object.kind {
                Kind::Commit => tips.push(id),
                Kind::Tag => {
                    let place = self.origin.within(InHistory::Tag { tag: id.to_string() });
                    feed_slice(self.collector, &place, &object.data);
                    named.push(TagRefIter::from_bytes(&object.data, id.kind()).target_id()?);
                }
                Kind::Tree => self.trees(id, &|path| InHistory::Object { object: id.to_string(), path }),
                Kind::Blob => {
                    let place = InHistory::Object { object: id.to_string(), path: String::new() };
                    self.jobs.push((id, place));
                }
            }
        }
        Ok(tips)
    }

    fn commit(&mut self, id: ObjectId) -> Result<(), Cause> {
        let commit = self.repository.find_commit(id)?;
        let name = id.to_string();
        let place = self.origin.within(InHistory::Commit { commit: name.clone() });
        feed_slice(self.collector, &place, &commit.data);
        let tree = commit.tree_id()?.detach();
        if self.seen.insert(tree) {
            self.trees(tree, &|path| InHistory::File { commit: name.clone(), path });
        }
        Ok(())
    }

    /// Everything below a tree that was not seen yet. A tree that can't be read is skipped, and said to be.
    fn trees(&mut self, root: ObjectId, place: &dyn Fn(String) -> InHistory) {
        let mut open = vec![(root, String::new())];
        while let Some((id, path)) = open.pop() {
            if let Err(error) = self.tree(id, &path, &mut open, place) {
                self.collector.unreadable(&self.origin.within(place(path)), &error);
            }
        }
    }

    fn tree(
        &mut self,
        id: ObjectId,
        path: &str,
        open: &mut Vec<(ObjectId, String)>,
        place: &dyn Fn(String) -> InHistory,
    ) -> Result<(), Cause> {
        let tree = self.repository.find_tree(id)?;
        for entry in tree.iter() {
            let entry = entry?;
            let kind = entry.mode().kind();
            // A submodule's commit is another repository's.
            if kind == EntryKind::Commit || !self.seen.insert(entry.object_id()) {
                continue;
            }
            let below = join(path, &entry.filename().to_string());
            if kind == EntryKind::Tree {
                open.push((entry.object_id(), below));
            } else {
                self.jobs.push((entry.object_id(), place(below)));
            }
        }
        Ok(())
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}
