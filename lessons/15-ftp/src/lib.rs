//! FTP: files over two connections.
//!
//! A file server has to promise three things that no protocol gives it: a
//! file is whole or not there, nothing outside the folder can be reached, and
//! two uploads of one name don't mix.
//!
//! - [`Folder`]: what can be asked for, and nothing else; [`name`]: what it
//!   may be called.
//! - [`Upload`]: a file on its way, which nobody sees before it is whole.
//! - [`send_file`]: a file's bytes to a socket, copied by the kernel.
//!
//! Two protocols stand on them. The notes' own:
//!
//! - [`message`]: what is said; [`Wire`]: how it goes over a stream.
//! - [`Files`] and [`server`]: who answers. [`Client`]: who asks.
//!
//! And FTP: [`rfc959`], which curl and lftp speak.
//!
//! Start reading at [`Folder`].

mod change;
mod client;
mod folder;
mod hang_up;
pub mod message;
pub mod name;
pub mod rfc959;
mod send_file;
mod server;
mod upload;
mod wire;

pub use client::{Client, Failed, Listed, Progress};
pub use folder::{Denied, Entry, Folder, Kind};
pub use send_file::send_file;
pub use server::{Files, PATIENCE, server};
pub use upload::Upload;
pub use wire::Wire;
