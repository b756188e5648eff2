//! The client and the directory against an instance that behaves, and one that does not.

#[cfg(test)]
mod client;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod listed;
#[cfg(test)]
mod lookup;
#[cfg(test)]
mod tls;
