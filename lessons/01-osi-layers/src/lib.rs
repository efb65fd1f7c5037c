//! Frames, layer by layer: views over bytes, and the spans of their fields.
//!
//! Each layer puts its header before what the layer above handed down, and
//! doesn't look at what follows (RFC 1122, section 1.1.3):
//!
//! ```text
//! Ethernet │ IPv4 │ TCP │ GET / HTTP/1.1 …                     the frame
//!          └──────┴─────┴───────────────── Ethernet's payload: a packet
//!                 └─────┴───────────────── IPv4's payload: a segment
//!                       └───────────────── TCP's payload: data
//! ```
//!
//! Two ways to read a frame, over the same bytes, and neither copies them:
//!
//! - A *view* of one header, such as [`tcp::Segment`], whose methods bear the
//!   names that the RFC gives the fields.
//! - [`frame::dissect`], which walks all layers and names the bytes of every
//!   field, so that each byte of the frame belongs to exactly one.
//!
//! Writing is the same in reverse: each module has a `Header`, which turns
//! into bytes with its lengths and checksums right.
//!
//! Start reading at [`ethernet`], then go on in the order of the layers.

pub mod arp;
pub mod checksum;
pub mod counters;
mod error;
pub mod ethernet;
pub mod field;
pub mod frame;
pub mod http;
pub mod icmp;
pub mod ipv4;
pub mod ipv6;
mod options;
pub mod pin;
mod rest;
pub mod tcp;
pub mod udp;

pub use error::Error;
