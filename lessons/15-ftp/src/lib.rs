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
//! - [`rfc959`]: the protocol that curl and lftp speak.

mod folder;
pub mod name;
pub mod rfc959;
mod send_file;
mod upload;

pub use folder::{Denied, Entry, Folder, Kind};
pub use send_file::send_file;
pub use upload::Upload;
