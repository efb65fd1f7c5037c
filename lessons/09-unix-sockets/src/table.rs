//! This process's table of descriptors, as far as it holds sockets: proc(5).

use std::fs;
use std::io;

use serde::{Deserialize, Serialize};

/// A descriptor that stands for a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in this process.
    pub fd: i32,
    /// The number of the socket behind it: its inode. Two descriptors with
    /// the same inode are two numbers for one socket.
    pub inode: u64,
}

// ANCHOR: sockets
/// The sockets in `/proc/self/fd`, by their numbers, from 3 on. 0, 1 and 2
/// are the program's input and output.
pub fn sockets() -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let entry = entry?;
        let fd = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        // Another thread may have closed it in the meantime.
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        if let (3.., Some(inode)) = (fd, inode(&target.to_string_lossy())) {
            found.push(Entry { fd, inode });
        }
    }
    found.sort_by_key(|entry| entry.fd);
    Ok(found)
}

/// `socket:[4711]` → 4711.
fn inode(target: &str) -> Option<u64> {
    target.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}
// ANCHOR_END: sockets

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_copy_of_a_descriptor_has_its_inode() {
        let (one, other) = UnixStream::pair().unwrap();
        let copy = one.try_clone().unwrap();

        let table = sockets().unwrap();
        let inode = |socket: &UnixStream| {
            let fd = socket.as_raw_fd();
            table.iter().find(|e| e.fd == fd).map(|e| e.inode).unwrap()
        };

        assert_eq!(inode(&one), inode(&copy));
        assert_ne!(inode(&one), inode(&other));
    }

    #[test]
    fn only_sockets_have_a_sockets_name() {
        assert_eq!(inode("socket:[4711]"), Some(4711));
        assert_eq!(inode("pipe:[4711]"), None);
        assert_eq!(inode("/tmp/socket:[4711]"), None);
    }
}
