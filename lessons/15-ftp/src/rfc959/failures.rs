//! What went wrong, as a reply: RFC 959, section 4.2.2.
//!
//! ```text
//! 425  no data connection        451  the system failed
//! 426  it ended in the middle    452  no room
//! 550  not that file             553  not that name
//! ```

use std::io::{self, ErrorKind};

use narrator::explain;
use nix::errno::Errno;

use super::Reply;
use super::control::Broken;
use crate::Denied;

/// Why a name that should be there can't be had.
pub(crate) fn refused(why: Denied) -> Reply {
    Reply::new(550, why)
}

/// Why a name can't be given.
pub(crate) fn not_that_name(why: Denied) -> Reply {
    match why {
        Denied::Name(fault) => Reply::new(553, fault),
        Denied::System(error) if is_full(&error) => disk(error),
        other => refused(other),
    }
}

/// Why there is nothing to connect to.
pub(crate) fn no_listener(error: io::Error) -> Reply {
    Reply::new(425, format!("No data connection: {}", explain(&error)))
}

fn is_full(error: &io::Error) -> bool {
    let full = [Errno::ENOSPC as i32, Errno::EDQUOT as i32];
    error.raw_os_error().is_some_and(|it| full.contains(&it))
        || error.kind() == ErrorKind::StorageFull
}

/// Which of the two it is depends on what came first: the FIN, or a reset.
fn is_gone(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset)
}

/// Why a file can't be kept.
pub(crate) fn disk(error: io::Error) -> Reply {
    match is_full(&error) {
        true => Reply::new(452, explain(&error)),
        false => Reply::new(451, explain(&error)),
    }
}

/// Why a transfer broke off: RFC 959, section 5.4.
pub(crate) fn broken(why: Broken) -> Reply {
    match why {
        Broken::Aborted => Reply::new(426, "Stopped, as you have asked"),
        Broken::Stalled => Reply::new(426, "Nothing moved for too long"),
        Broken::System(error) if is_gone(&error) => {
            Reply::new(426, "The data connection was closed in the middle")
        }
        Broken::System(error) => Reply::new(426, explain(&error)),
        Broken::Shorter => Reply::new(451, "The file has become shorter"),
        Broken::Disk(error) => disk(error),
    }
}
