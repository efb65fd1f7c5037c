//! List a folder.
//!
//! Write `directory_listing`: what goes over the data connection after LIST.
//! One line for each entry, ended with CR LF, sorted by the bytes of the name;
//! nothing at all for an empty folder.
//!
//! ```text
//!   d            0 music\r\n
//!   -           18 notes.txt\r\n
//!   │ └ 12 ─────┘ └─ name, as it is
//!   │    size: a file's bytes, 0 for a folder; right-aligned, 12 columns
//!   └─ kind: - for a file, d for a folder
//! ```
//!
//! Between kind, size and name stands one space. A size that needs more than
//! 12 columns takes them.
//!
//! In the list is what a client can ask for, and nothing else:
//!
//! - Left out are hidden names (they begin with a dot), names with a CR or an
//!   LF, and names that aren't UTF-8.
//! - A link is what it leads to, under its own name. It is left out if it
//!   leads to nothing, or out of the folder. (The folder itself counts as in.)
//! - Left out is all that is neither a regular file nor a folder: FIFOs,
//!   sockets, devices.
//! - An entry that is gone by the time it is looked at is left out. A folder
//!   that can't be read is an error.
//!
//! Open no file to list it: to open a FIFO waits for a writer (fifo(7)), and a
//! file that you may not read still has a size.
//!
//! Check it: `cargo workbook check directory_listing`
//!
//! Read chapter 15, "A listing" and "Names with line ends".

use std::io;
use std::path::Path;

/// The lines for a folder: `readdir(3)`, then `stat(2)` for each entry.
pub fn directory_listing(folder: &Path) -> io::Result<String> {
    todo!("names, kinds, sizes")
}
