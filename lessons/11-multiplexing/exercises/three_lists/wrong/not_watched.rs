//! Rejected by: who_has_room_can_be_written_to, each_list_has_its_own_answer, the_highest_number_is_watched_too
//!
//! Who wants to write may write. The kernel waits for room.

use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

pub use nix::sys::select::FD_SETSIZE;
use nix::sys::select::FdSet;
use nix::sys::time::{TimeVal, TimeValLike};

/// Who is ready, list by list.
#[derive(Debug, PartialEq, Eq)]
pub struct Ready {
    /// A read won't wait.
    pub read: Vec<RawFd>,
    /// A write won't wait.
    pub write: Vec<RawFd>,
    /// Something exceptional has come: on TCP, urgent data.
    pub except: Vec<RawFd>,
}

/// Waits until somebody is ready, or the time is over: `select(2)`.
pub fn select(
    read: &[BorrowedFd<'_>],
    write: &[BorrowedFd<'_>],
    except: &[BorrowedFd<'_>],
    timeout: Option<Duration>,
) -> io::Result<Ready> {
    let (mut reads, mut writes) = (set(read)?, set(write)?);
    let mut excepts = set(except)?;
    let mut time = timeout.map(|time| {
        TimeVal::microseconds(time.as_nanos().div_ceil(1_000) as i64)
    });
    nix::sys::select::select(
        None,
        &mut reads,
        &mut writes,
        &mut excepts,
        time.as_mut(),
    )?;
    Ok(Ready {
        read: those_in(&reads, read),
        write: write.iter().map(|fd| fd.as_raw_fd()).collect(),
        except: those_in(&excepts, except),
    })
}

fn set<'fd>(list: &[BorrowedFd<'fd>]) -> io::Result<FdSet<'fd>> {
    let mut set = FdSet::new();
    for fd in list {
        if fd.as_raw_fd() as usize >= FD_SETSIZE {
            return Err(ErrorKind::InvalidInput.into());
        }
        set.insert(*fd);
    }
    Ok(set)
}

fn those_in(set: &FdSet<'_>, list: &[BorrowedFd<'_>]) -> Vec<RawFd> {
    let ready = list.iter().filter(|fd| set.contains(**fd));
    ready.map(|fd| fd.as_raw_fd()).collect()
}
