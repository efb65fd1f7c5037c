//! A look at what another process has written to a file without a name:
//! the kernel tells, proc(5), fd and fdinfo.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take, on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// How many bytes a process has written to a file without a name in this
/// folder; `None` if it has no such file.
pub fn written(pid: u32, folder: &Path) -> io::Result<Option<u64>> {
    let folder = folder.canonicalize()?;
    let here = format!("/proc/{pid}");
    for open in fs::read_dir(format!("{here}/fd"))? {
        let open = open?;
        // It may be closed by now.
        let Ok(target) = fs::read_link(open.path()) else { continue };
        let nameless = target.to_string_lossy().ends_with(" (deleted)");
        if !nameless || !target.starts_with(&folder) {
            continue;
        }
        let number = open.file_name().to_string_lossy().into_owned();
        let about = format!("{here}/fdinfo/{number}");
        let Ok(about) = fs::read_to_string(about) else { continue };
        let position = about.lines().find_map(|it| it.strip_prefix("pos:"));
        return Ok(position.and_then(|it| it.trim().parse().ok()));
    }
    Ok(None)
}

/// Waits until it has written so many.
pub fn has_written(pid: u32, folder: &Path, count: u64) -> io::Result<()> {
    until(&format!("{count} bytes written"), || {
        Ok(written(pid, folder)? == Some(count))
    })
}

/// Waits for what the kernel will bring about: at most a minute.
pub fn until(what: &str, so: impl Fn() -> io::Result<bool>) -> io::Result<()> {
    let end = Instant::now() + LONG;
    while !so()? {
        if Instant::now() > end {
            let text = format!("{what}: not in {LONG:?}");
            return Err(io::Error::new(ErrorKind::TimedOut, text));
        }
        thread::yield_now();
    }
    Ok(())
}
