//! What else a host can have of its own: its name, and the files in /etc.
//!
//! A program that looks up a name reads files of the machine that it runs
//! on. A mount namespace gives a thread a tree of its own in which /etc is
//! another folder, mount_namespaces(7); a UTS namespace gives it another
//! name, uts_namespaces(7). Nobody outside the thread sees either.

use std::fs;
use std::path::Path;

use narrator::{During, Trouble};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::sethostname;

/// Where the name service cache daemon listens, nscd(8). It would answer for
/// the machine outside, past the files here.
const CACHE: &str = "/var/run/nscd";

// ANCHOR: own
/// Gives this thread a host name of its own, and an /etc that holds these
/// files and nothing else: names and contents.
pub fn name_and_files(
    name: &str,
    files: &[(&str, &str)],
) -> Result<(), Trouble> {
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUTS)
        .during("make a mount namespace")?;
    sethostname(name).during("set the host's name")?;
    // What is mounted here shall not be seen outside.
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    let none: Option<&str> = None;
    mount(none, "/", none, private, none).during("make / private")?;
    cover("/etc")?;
    if Path::new(CACHE).is_dir() {
        cover(CACHE)?;
    }
    for (file, text) in files {
        let path = Path::new("/etc").join(file);
        let doing = format_args!("write {} of {name}", path.display());
        fs::write(&path, text).during(doing)?;
    }
    Ok(())
}

/// Puts an empty folder, in memory, where this one was: tmpfs(5).
fn cover(folder: &str) -> Result<(), Trouble> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    let options = Some("size=1m,mode=755");
    mount(Some("lab"), folder, Some("tmpfs"), flags, options)
        .during(format_args!("mount a folder on {folder}"))
}
// ANCHOR_END: own
