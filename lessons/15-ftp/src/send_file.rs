//! A file's bytes to a socket, copied by the kernel: sendfile(2).
//!
//! ```text
//! read, write   page cache → this process → socket   two copies, two calls
//! sendfile      page cache → socket                  no byte comes by here
//! ```

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::sys::sendfile::sendfile64;

/// The most that one call moves: sendfile(2).
const MOST: u64 = 0x7fff_f000;

// ANCHOR: send_file
/// Sends `count` bytes of a file, from byte `start` on: how many there were.
/// They are fewer if the file has become shorter meanwhile.
///
/// # Errors
/// Those of sendfile(2): EPIPE and ECONNRESET when the reader has gone,
/// EAGAIN when it takes nothing for the time of SO_SNDTIMEO, socket(7).
pub fn send_file(
    to: impl AsFd,
    file: &File,
    start: u64,
    count: u64,
) -> io::Result<u64> {
    let mut at = i64::try_from(start).map_err(|_| Errno::EOVERFLOW)?;
    let mut left = count;
    while left > 0 {
        // It may move less than was asked for, as write(2) may.
        match sendfile64(&to, file, Some(&mut at), left.min(MOST) as usize) {
            Ok(0) => break,
            Ok(sent) => left -= sent as u64,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(count - left)
}
// ANCHOR_END: send_file

#[cfg(test)]
mod tests {
    use super::*;
    use lesson_unix_sockets::Folder as Scratch;
    use std::fs;
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::thread;

    fn sent(length: usize, start: u64, count: u64) -> (u64, Vec<u8>) {
        let scratch = Scratch::new().unwrap();
        let bytes: Vec<u8> = (0..length).map(|it| it as u8).collect();
        fs::write(scratch.path("file"), bytes).unwrap();
        let file = File::open(scratch.path("file")).unwrap();
        // Into a pipe, one sendfile moves no more than the pipe holds.
        let (mut there, here) = io::pipe().unwrap();
        let reading = thread::spawn(move || {
            let mut got = Vec::new();
            there.read_to_end(&mut got).unwrap();
            got
        });
        let sent = send_file(&here, &file, start, count).unwrap();
        drop(here);
        (sent, reading.join().unwrap())
    }

    #[test]
    fn all_of_a_file_that_no_buffer_holds_arrives() {
        let (count, got) = sent(3_000_000, 0, 3_000_000);
        assert_eq!((count, got.len()), (3_000_000, 3_000_000));
        assert!(got.iter().enumerate().all(|(at, it)| *it == at as u8));
    }

    #[test]
    fn a_part_of_it_can_be_sent() {
        assert_eq!(sent(100, 10, 3), (3, vec![10, 11, 12]));
        assert_eq!(sent(100, 10, 0), (0, vec![]));
    }

    #[test]
    fn a_file_that_has_less_is_told_by_the_count() {
        assert_eq!(sent(5, 3, 10), (2, vec![3, 4]));
        assert_eq!(sent(5, 9, 1), (0, vec![]));
    }

    #[test]
    fn a_reader_who_has_gone_is_an_error() {
        let scratch = Scratch::new().unwrap();
        fs::write(scratch.path("file"), "hello").unwrap();
        let file = File::open(scratch.path("file")).unwrap();
        let (here, there) = UnixStream::pair().unwrap();
        drop(there);
        let error = send_file(here, &file, 0, 5).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
