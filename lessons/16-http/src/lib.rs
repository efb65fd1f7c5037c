//! HTTP: requests and responses.
//!
//! A request is a head of lines and perhaps a body (RFC 9112, section 2.1).
//! The head says what is wanted, and where the body ends:
//!
//! ```text
//! bytes → parse → Request → body → None | Length | Chunked → the next request
//!                    └→ Handler → Response → bytes
//! ```
//!
//! - [`parse`] takes the head apart, or says which byte refuses it, and
//!   [`Unfinished`] does when it comes in pieces.
//! - [`body`](fn@body) says where the body ends; [`ChunkedDecoder`] takes out
//!   what came in chunks; [`Incoming`] reads it when somebody wants it.
//! - [`Handler`] answers with a [`Response`]; [`Router`] chooses among many,
//!   and [`Files`] has the files of a folder.
//! - [`Server`] takes connections, and `connection.rs` goes from request to
//!   request, within limits of time and size.
//!
//! Start reading at [`parse`].

mod body;
mod chunked;
mod class;
mod condition;
mod connection;
pub mod date;
mod files;
mod handler;
mod incoming;
mod listing;
mod output;
mod pace;
mod refusal;
mod request;
mod response;
mod server;
pub mod target;
pub mod tunnel;
mod unfinished;

pub use body::{Body, body};
pub use chunked::{ChunkedDecoder, Piece, encode, end};
pub use connection::{Settings, wants_more};
pub use files::Files;
pub use handler::{Answer, Handler, Method, Methods, Router};
pub use incoming::{Failure, Incoming};
pub use pace::Patience;
pub use refusal::{Refusal, Why};
pub use request::{Field, Limits, Request, Version, parse};
pub use response::{Content, Response, phrase};
pub use server::{Server, listen};
pub use unfinished::Unfinished;
