//! What the kernel counts, and no socket tells: how often it repeated a
//! segment, and for which reason.
//!
//! `/proc/net/netstat` has pairs of lines, names above numbers:
//!
//! ```text
//! TcpExt: SyncookiesSent … TCPFastRetrans TCPTimeouts TCPLossProbes …
//! TcpExt: 0              … 1              1           1             …
//! ```
//!
//! The numbers are those of the calling thread's network namespace. What they
//! mean is in the kernel's Documentation/networking/snmp_counter.rst.

use std::io;

/// The counter of this name in the group TcpExt. Fails with `NotFound` where
/// the kernel has none.
pub fn tcp(name: &str) -> io::Result<u64> {
    let table = std::fs::read_to_string("/proc/thread-self/net/netstat")?;
    find(&table, name).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn find(table: &str, name: &str) -> Option<u64> {
    let mut rows = table.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, numbers) = (rows.next()?, rows.next()?);
    let mut pairs = names.split(' ').zip(numbers.split(' '));
    pairs.find(|(this, _)| *this == name)?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_found_under_its_name() {
        let table = "TcpExt: TCPTimeouts TCPLossProbes\n\
                     TcpExt: 7 9\nIpExt: InOctets\nIpExt: 3\n";

        assert_eq!(find(table, "TCPLossProbes"), Some(9));
        assert_eq!(find(table, "InOctets"), None);
    }

    #[test]
    fn this_kernel_counts_what_the_lesson_tells() {
        for name in ["TCPFastRetrans", "TCPLossProbes", "TCPTimeouts"] {
            assert!(tcp(name).is_ok(), "{name}");
        }
    }
}
