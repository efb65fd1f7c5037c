//! HTTP: requests and responses.
