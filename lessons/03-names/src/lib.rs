//! Names and addresses, and who translates them.
//!
//! The kernel knows addresses: 4 bytes, or 16. People write names, and
//! texts such as `10.0.0.2`. Between the two stand the C library and a few
//! text files:
//!
//! ```text
//!  "bob"   ── a name ──────→  /etc/hosts, then DNS  ──┐
//!  "10.0.0.2"  ── a text ──→  inet_pton, inet_aton  ──┼→  0a 00 00 02
//!  "https" ── a service ───→  /etc/services  ─────────┴→  port 443
//! ```
//!
//! - [`v4`] and [`v6`]: addresses as text, read and written by hand.
//! - [`hosts`] and [`services`]: the files, hosts(5) and services(5).
//! - [`dns`]: questions and answers as bytes, RFC 1035.
//! - [`c`]: the C library's own calls, to compare with.
//!
//! Nothing in the first three asks for memory: an address is a few bytes,
//! its text a [`Text`], and what is read from a file borrows from it.
//!
//! Start reading at [`v4`].

pub mod c;
pub mod dns;
mod error;
pub mod hosts;
mod lines;
pub mod services;
mod text;
pub mod v4;
pub mod v6;

pub use error::Error;
pub use lines::Broken;
pub use text::Text;
