//! Token minting and parsing, digests, sealing of upstream credentials.
