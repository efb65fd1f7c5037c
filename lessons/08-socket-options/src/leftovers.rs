//! Descriptors that this program was given and knows nothing of: those of a
//! terminal or a shell that forgot to mark them close-on-exec.

use std::fs;
use std::io;

use nix::errno::Errno;
use nix::unistd::close as close_number;

/// Closes all but stdin, stdout and stderr, so that the first socket gets
/// number 3. To be called before the program has opened anything.
///
/// Errors: those of reading `/proc/self/fd`, and of close(2).
pub fn close() -> io::Result<()> {
    let mut given: Vec<i32> = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let number: Option<i32> =
            entry?.file_name().to_string_lossy().parse().ok();
        given.extend(number.filter(|number| *number > 2));
    }
    for number in given {
        match close_number(number) {
            // EBADF: that was the folder itself, closed by now.
            Ok(()) | Err(Errno::EBADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
