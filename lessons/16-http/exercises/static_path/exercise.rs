//! Find the file that a target names, and none outside the folder.
//!
//! A server of files gets a target from a stranger and opens a path below its
//! folder. Write `static_path`, which makes the one of the other:
//!
//! ```text
//!   /                          index.html
//!   /a/b.html?x=/../y          a/b.html       the query is no part of the path
//!   /a/                        a/index.html   a folder is asked for its index
//!   /caf%C3%A9%20%2Btea        café +tea      decoded, once
//!   http://host:80/a?b         a              the path of an absolute form
//!   /%2e%2e/etc/passwd         Err(400)
//! ```
//!
//! - The path begins with `/`. In the absolute form (`http://` or `https://` in
//!   any case of letters, then a host) it begins at the first `/` after that;
//!   with no `/` there it is `/`. Everything else is `Err(400)`: the empty
//!   target, `*`, a relative path, another scheme.
//! - From the first `?` on it is the query, which is thrown away. A `#` is 400.
//! - The path is split at its slashes first. Then each part is decoded: `%` and
//!   two hexadecimal digits stand for a byte. Any other `%` is 400. What comes
//!   of it is not decoded again, and `+` is a plus.
//! - A `\` in the path is 400: no URI has one (RFC 3986, appendix A), and
//!   browsers take it for a slash. `%5C` is a byte of a name like any other on
//!   Linux. (On Windows it would be a slash, and had to be refused.)
//! - A decoded part is 400 if it is empty, `.` or `..`, or has a `/` or a control
//!   character in it (0 to 31, 127). Only the last part may be empty: it stands
//!   for `index.html`.
//! - A decoded part that begins with a dot otherwise is hidden: 404.
//! - A decoded part of more than 255 bytes can't be a file's name: 404.
//! - The parts need not be UTF-8. A path on Linux is bytes.
//! - If several rules are broken, the answer is 400 if one of them says so.
//!
//! The chapter's server leaves most of that to chapter 15's folder, where names
//! are UTF-8, the first fault found is the answer, and the only controls that
//! are refused are NUL and line ends.
//!
//! Check it: `cargo workbook check static_path`
//!
//! Read chapter 16, "Nothing outside the folder".

use std::path::PathBuf;

/// The path that `target` names, relative to the folder that is served.
pub fn static_path(target: &str) -> Result<PathBuf, u16> {
    todo!("cut the query, split, decode each part once, and look at it")
}
