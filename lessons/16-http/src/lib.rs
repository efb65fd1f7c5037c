//! HTTP: requests and responses.
//!
//! A request is a head of lines and perhaps a body (RFC 9112, section 2.1).
//! The head says what is wanted, and where the body ends:
//!
//! ```text
//! bytes → parse → Request → body → None | Length | Chunked → the next request
//! ```
//!
//! - [`parse`] takes the head apart, or says which byte refuses it.
//! - [`body`](fn@body) says where the body ends.
//! - [`ChunkedDecoder`] takes out what came in chunks.
//!
//! Start reading at [`parse`].

mod body;
mod chunked;
mod class;
mod refusal;
mod request;
mod unfinished;

pub use body::{Body, body};
pub use chunked::{ChunkedDecoder, Piece, encode, end};
pub use refusal::{Refusal, Why};
pub use request::{Field, Limits, Request, Version, parse};
pub use unfinished::Unfinished;
