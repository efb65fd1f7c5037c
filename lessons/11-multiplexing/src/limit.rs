//! How many descriptors this process may have: RLIMIT_NOFILE, getrlimit(2).

use std::io;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Lets this process open descriptors up to number `most - 1`: raises its
/// soft limit, which everybody may do up to the hard one.
///
/// # Errors
/// Says which limit is too low, and how to raise it.
pub fn allow(most: u64) -> io::Result<()> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= most {
        return Ok(());
    }
    if hard < most {
        return Err(io::Error::other(format!(
            "{most} descriptors are needed, and RLIMIT_NOFILE is {soft} \
             (soft), {hard} (hard): raise it as root, with `ulimit -n {most}` \
             in the shell, or in /etc/security/limits.conf"
        )));
    }
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, hard)?)
}
