//! The data plane: a reverse proxy that holds every request to its token's grants.
