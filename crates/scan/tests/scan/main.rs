//! Scans of made-up files, archives and repositories.

#[cfg(test)]
mod archives;
#[cfg(test)]
mod files;
#[cfg(test)]
mod history;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;
