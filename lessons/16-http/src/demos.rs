//! The lesson's demos and tools, a file each.

pub mod chunked;
pub mod exchange;
pub mod no_body;
pub mod serve;
pub mod smuggling;
mod stage;
pub mod unread_body;
