//! What a kernel has counted since its network namespace began:
//! `/proc/net/snmp` and `/proc/net/netstat`, proc_pid_net(5).
//!
//! ```text
//! Udp: InDatagrams NoPorts InErrors … InCsumErrors …
//! Udp: 1 0 1 … 1 …
//! ```
//!
//! A line of names, then a line of numbers. Start reading at [`Counters`].

use std::fs;
use std::io::{self, ErrorKind};
use std::thread;
use std::time::{Duration, Instant};

use lab::Host;
use narrator::{During, Trouble};

/// How long a kernel may take to count what it was sent.
const PATIENCE: Duration = Duration::from_secs(5);

const DOING: &str = "read /proc/thread-self/net/snmp and netstat";

/// The counters of a network namespace, as they were when asked.
pub struct Counters(String);

impl Counters {
    /// Asks the host's kernel.
    pub fn of(host: &Host) -> Result<Counters, Trouble> {
        host.enter(Self::read).during(DOING)
    }

    /// Asks the kernel for those of the thread's network namespace.
    pub fn here() -> Result<Counters, Trouble> {
        Self::read().during(DOING)
    }

    /// The files of `self` would be those of the process's first thread.
    fn read() -> io::Result<Counters> {
        let read =
            |name| fs::read_to_string(format!("/proc/thread-self/net/{name}"));
        Ok(Counters(read("snmp")? + &read("netstat")?))
    }

    /// One of them, by its group and name, such as `Udp InErrors`. `None` if
    /// the kernel is too old to have it.
    pub fn find(&self, counter: &str) -> Option<u64> {
        let (group, name) = counter.split_once(' ')?;
        let mut lines = self.0.lines().filter_map(|line| {
            let (title, rest) = line.split_once(':')?;
            (title == group).then_some(rest.split_whitespace())
        });
        let (mut names, mut numbers) = (lines.next()?, lines.next()?);
        let index = names.position(|n| n == name)?;
        numbers.nth(index)?.parse().ok()
    }

    /// The same for a counter that may be missing: such a kernel has counted
    /// nothing.
    pub fn get(&self, counter: &str) -> u64 {
        self.find(counter).unwrap_or(0)
    }

    /// Waits until `counter` is larger by `due` than it was in these, for
    /// five seconds at most.
    pub fn await_more(
        &self,
        host: &Host,
        counter: &str,
        due: u64,
    ) -> Result<(), Trouble> {
        let end = Instant::now() + PATIENCE;
        while Self::of(host)?.get(counter) < self.get(counter) + due {
            if Instant::now() > end {
                let late = io::Error::from(ErrorKind::TimedOut);
                return Err(late).during(format_args!("wait for {counter}"));
            }
            thread::yield_now();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_GROUPS: &str = "Ip: Forwarding InHdrErrors\nIp: 2 7\n\
                              Udp: InDatagrams InErrors\nUdp: 12 1\n";

    #[test]
    fn a_counter_is_found_by_its_group_and_name() {
        let counters = Counters(TWO_GROUPS.into());

        assert_eq!(counters.get("Ip InHdrErrors"), 7);
        assert_eq!(counters.get("Udp InErrors"), 1);
        assert_eq!(counters.get("Udp InDatagrams"), 12);
    }

    #[test]
    fn a_counter_that_the_kernel_does_not_have_is_zero() {
        let counters = Counters(TWO_GROUPS.into());

        assert_eq!(counters.get("Udp InCsumErrors"), 0);
        assert_eq!(counters.get("Tcp InErrs"), 0);
        assert_eq!(counters.find("Udp InCsumErrors"), None);
        assert_eq!(counters.find("Tcp InErrs"), None);
    }
}
